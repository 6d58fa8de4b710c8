import { ok, type Result } from '#shared/issue.ts'
import { hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import { innermostGroup } from '#shared/workspace/chain.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import type { Format, Loss, Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { freeDevicesNote, SCOPE_NOTE } from '../losses.ts'
import { mapNames, type NameRule } from '../names.ts'
import { named } from '../qemu/qemu-names.ts'
import { shellQuote } from '../text/shell-quoting.ts'
import { detectCloudHypervisor, readCloudHypervisor } from './cloud-hypervisor-read.ts'
import { hasTokenBucket, LIMITERS, TOKEN_BUCKET_NOTES, tokenBucket, tokenBucketLosses } from './token-bucket.ts'

// Options of a Cloud Hypervisor command line: a --rate-limit-group for each group, and for each disk the one that it is in.

const TARGET = 'Cloud Hypervisor'

/** What needs no quotes among its options; `__` begins the ids that it makes itself. */
const ID: NameRule = {
  legal: /^[A-Za-z][A-Za-z0-9._-]*$/,
  illegal: /[^A-Za-z0-9._-]+/g,
  maxLength: 100,
  reserved: new Set(),
  stem: 'group',
}

const PREFIX = { bandwidth: 'bw', ops: 'ops' } as const

function groupValue(id: string, limits: Limits): string {
  const parts = LIMITERS.flatMap((limiter) => {
    const bucket = tokenBucket(limits, limiter)
    const prefix = PREFIX[limiter]
    return bucket === null ? [] : [`${prefix}_size=${bucket.size},${prefix}_refill_time=${bucket.refillMs}`]
  })
  return [`id=${id}`, ...parts].join(',')
}

interface Names {
  readonly groups: ReadonlyMap<string, string>
  readonly devices: ReadonlyMap<string, string>
}

function diskValue(device: Device, group: string, { groups, devices }: Names): string {
  const path = (device.disk.kind === 'file' ? device.disk.path : undefined) ?? 'IMAGE'
  // Its options take a value with a comma or brackets in double quotes.
  const quoted = /^[^,"[\]]*$/.test(path) ? path : `"${path.replaceAll('"', '""')}"`
  return `path=${quoted},id=${named(devices, device.id)},rate_limit_group=${named(groups, group)}`
}

/** The group whose limits a disk is written with. */
function groupOf(workspace: Workspace, device: Device): string | null {
  const group = innermostGroup(device)
  return group !== null && hasTokenBucket(workspace.groups[group] ?? {}) ? group : null
}

function option(name: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `${name} \\\n${values.map((value) => `  ${shellQuote(value)}`).join(' \\\n')}`
}

function writeCloudHypervisor(workspace: Workspace): Result<Written> {
  const names: Names = {
    groups: mapNames(Object.keys(workspace.groups), ID, new Set()),
    devices: mapNames(
      workspace.devices.map((device) => device.id),
      { ...ID, stem: 'disk' },
      new Set(),
    ),
  }
  const groups = Object.entries(workspace.groups).filter(([, limits]) => hasTokenBucket(limits))
  const disks = workspace.devices.flatMap((device) => {
    const group = groupOf(workspace, device)
    return group === null ? [] : [diskValue(device, group, names)]
  })
  const text = [
    option(
      '--rate-limit-group',
      groups.map(([group, limits]) => groupValue(named(names.groups, group), limits)),
    ),
    option('--disk', disks),
  ].filter((part) => part !== '')
  return ok({
    text: text.length === 0 ? '' : `${text.join(' \\\n')}\n`,
    losses: [
      ...lostLevels(workspace, TARGET),
      ...deviceLosses(workspace, names),
      ...Object.entries(workspace.groups).flatMap(([group, limits]) => groupLosses(group, limits, names)),
    ],
    notes: [
      ...(disks.some((disk) => disk.startsWith('path=IMAGE,')) ? ['Put each disk’s image in place of IMAGE.'] : []),
      ...TOKEN_BUCKET_NOTES,
      ...freeDevicesNote(workspace, 'no limiter is needed.'),
      SCOPE_NOTE,
    ],
  })
}

function deviceLosses(workspace: Workspace, { devices }: Names): readonly Loss[] {
  return workspace.devices.flatMap((device, index): readonly Loss[] => {
    const { id } = device
    const to = named(devices, id)
    if (groupOf(workspace, device) === null && hasAnyLimit(limitsOfInnermost(workspace, device))) {
      const message = `${TARGET} limits reads and writes together only, and ${id} has no such limit; it is not written`
      return [{ path: `devices[${index}]`, kind: 'dropped', message }]
    }
    if (groupOf(workspace, device) === null || to === id) return []
    const message = `${TARGET} takes no id ${JSON.stringify(id)} without quotes; it is called ${to}`
    return [{ path: `devices[${index}].id`, kind: 'renamed', message, from: id, to }]
  })
}

function groupLosses(group: string, limits: Limits, { groups }: Names): readonly Loss[] {
  const path = formatPath(['groups', group])
  if (!hasTokenBucket(limits)) {
    const why = hasAnyLimit(limits) ? 'limits reads and writes together only' : 'has no group without limits'
    const message = `${TARGET} ${why}; ${group} is left out`
    return [{ path, kind: 'dropped', message }]
  }
  const to = named(groups, group)
  const message = `${TARGET} takes no group ${JSON.stringify(group)} without quotes; it is called ${to}`
  return [
    ...(to === group ? [] : [{ path, kind: 'renamed' as const, message, from: group, to }]),
    ...tokenBucketLosses(group, limits, TARGET),
  ]
}

export const cloudHypervisor: Format = {
  id: 'cloud-hypervisor',
  title: 'Cloud Hypervisor',
  family: 'Others',
  direction: 'both',
  fileExtension: '.args.txt',
  note: 'token buckets, shared by group; no limits of reads or writes alone',
  options: [],
  write: writeCloudHypervisor,
  read: readCloudHypervisor,
  detect: detectCloudHypervisor,
}
