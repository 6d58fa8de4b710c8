import { ok, type Result } from '#shared/issue.ts'
import {
  canonicalLimits,
  hasAnyLimit,
  isLengthKey,
  LIMIT_KEYS,
  type LimitKey,
  type Limits,
  limitOf,
} from '#shared/throttle/limits.ts'
import { isThrottled } from '#shared/workspace/chain.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import { listed } from '../../listed.ts'
import type { Format, Loss, Written } from '../format.ts'
import { LIBVIRT_KEYS } from '../limit-names.ts'
import { droppedLimits, freeDevicesNote, listNames, SCOPE_NOTE } from '../losses.ts'
import { groupMembers } from '../members.ts'
import { shellQuote } from '../text/shell-quoting.ts'
import { detectOpenstack, readOpenstackKeys } from './openstack-read.ts'

// OpenStack: limits as properties, one set per group. Cinder's front-end QoS has no burst lengths, Nova's flavor has the
// six averages only; both limit each volume or instance disk on its own, and neither says which disk has which.

interface OpenstackTarget {
  readonly name: string
  readonly keyOf: (key: LimitKey) => string
  readonly says: (key: LimitKey) => boolean
}

const CINDER: OpenstackTarget = {
  name: 'Cinder QoS',
  keyOf: (key) => LIBVIRT_KEYS[key],
  says: (key) => !isLengthKey(key),
}

const NOVA: OpenstackTarget = {
  name: 'Nova flavor',
  keyOf: (key) => `quota:disk_${LIBVIRT_KEYS[key]}`,
  says: (key) => !isLengthKey(key) && !key.endsWith('-max') && key !== 'iops-size',
}

function properties(limits: Limits, target: OpenstackTarget): readonly (readonly [string, number])[] {
  const set = canonicalLimits(limits)
  return LIMIT_KEYS.filter((key) => set[key] !== undefined && target.says(key)).map((key) => [
    target.keyOf(key),
    limitOf(set, key),
  ])
}

function losses(workspace: Workspace, targets: readonly OpenstackTarget[]): readonly Loss[] {
  const name = listed(targets.map((target) => target.name))
  const placed = workspace.devices.filter((device) => isThrottled(device)).map((device) => device.id)
  return [
    ...Object.entries(workspace.groups).flatMap(([group, limits]): readonly Loss[] => {
      const path = formatPath(['groups', group])
      if (!hasAnyLimit(limits))
        return [{ path, kind: 'dropped', message: `${name} without any limit says nothing; ${group} is left out` }]
      return [
        ...droppedLimits(limits, ['groups', group], name, (key) => targets.some((target) => target.says(key))),
        ...sharing(workspace, group, name),
      ]
    }),
    ...(placed.length === 0
      ? []
      : [
          {
            path: 'devices',
            kind: 'dropped' as const,
            message: `which disk has which limits is decided by its volume type or flavor; ${listNames(placed)} are not written`,
          },
        ]),
  ]
}

function sharing(workspace: Workspace, group: string, name: string): readonly Loss[] {
  const members = groupMembers(workspace, group)
  if (members.length < 2) return []
  return [
    {
      path: 'devices',
      kind: 'dropped',
      message: `${name} limits each disk alone: the ${members.length} disks of ${group} no longer share and may take ${members.length} times its limits together`,
    },
  ]
}

/** `command NAME` per group with a `--property` per limit. */
function writeCommands(workspace: Workspace, target: OpenstackTarget, command: string): Result<Written> {
  const lines = Object.entries(workspace.groups).flatMap(([group, limits]) => {
    const set = properties(limits, target)
    if (set.length === 0) return []
    return [`${command}${set.map(([key, value]) => ` --property ${key}=${value}`).join('')} ${nameWord(group)}\n`]
  })
  return ok({
    text: lines.join(''),
    losses: losses(workspace, [target]),
    notes: [...freeDevicesNote(workspace, 'no property is needed.'), SCOPE_NOTE],
  })
}

/** A name that looks like an option stands behind `--`. */
function nameWord(group: string): string {
  return group.startsWith('-') ? `-- ${shellQuote(group)}` : shellQuote(group)
}

/** The bare keys of both, a section per group, for Heat, Terraform or a web form. */
function writeKeys(workspace: Workspace): Result<Written> {
  const sections = Object.entries(workspace.groups).flatMap(([group, limits]) => {
    const lines = [...properties(limits, CINDER), ...properties(limits, NOVA)].map(
      ([key, value]) => `${key} = ${value}`,
    )
    return lines.length === 0 ? [] : [`[${group.replace(/[\\\]]/g, '\\$&')}]\n${lines.join('\n')}\n`]
  })
  return ok({
    text: sections.join('\n'),
    losses: losses(workspace, [CINDER, NOVA]),
    notes: [...freeDevicesNote(workspace, 'no property is needed.'), SCOPE_NOTE],
  })
}

export const cinderQos: Format = {
  id: 'cinder-qos',
  title: 'Cinder QoS',
  family: 'Others',
  direction: 'out',
  fileExtension: '.sh',
  note: 'then: openstack volume qos associate NAME VOLUME-TYPE',
  options: [],
  write: (workspace) => writeCommands(workspace, CINDER, 'openstack volume qos create --consumer front-end'),
}

export const novaFlavor: Format = {
  id: 'nova-flavor',
  title: 'Nova flavor',
  family: 'Others',
  direction: 'out',
  fileExtension: '.sh',
  note: 'for flavors named like the groups; counts for ephemeral disks',
  options: [],
  write: (workspace) => writeCommands(workspace, NOVA, 'openstack flavor set'),
}

export const openstack: Format = {
  id: 'openstack',
  title: 'OpenStack keys',
  family: 'Others',
  direction: 'both',
  fileExtension: '.ini',
  note: 'the keys of Cinder’s front-end QoS and of Nova’s flavors, a section per group; commands and tables are read',
  options: [],
  write: writeKeys,
  read: (text, options) => readOpenstackKeys(text, options, [CINDER, NOVA]),
  detect: detectOpenstack,
}
