import { failed, ok, type Result } from '#shared/issue.ts'
import { blockdevAddFilter, objectAddGroup } from '#shared/qemu/qmp-commands.ts'
import { canonicalLimits, hasAnyLimit, LIMIT_KEYS, limitOf } from '#shared/throttle/limits.ts'
import { innermostGroup } from '#shared/workspace/chain.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { type Format, styleOption, type WriteOptions, type Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { emptyGroups, freeDevicesNote, limitlessGroups, SCOPE_NOTE } from '../losses.ts'
import { shellQuote } from '../text/shell-quoting.ts'
import { detectQemuArgs, readQemuArgs } from './qemu-args-read.ts'
import { filterNodes, named, type QemuNameMap, qemuNames } from './qemu-names.ts'
import { escapeOption } from './qemu-options.ts'
import { unknownStyle } from './qmp.ts'

// Command lines. qemu-system-* takes a group's limits as JSON or with the old `x-` names (`limits.iops-total=…` it
// refuses); qemu-storage-daemon takes JSON or `limits.…`. -drive carries the limits of its own disk and the group's name.

interface Option {
  readonly name: 'object' | 'blockdev' | 'drive'
  readonly value: string
}

const SYSTEM_STYLES = {
  json: '-object and -blockdev, JSON',
  dotted: '-object and -blockdev, dotted',
  drive: '-drive throttling.*',
}
const DAEMON_STYLES = { json: 'JSON', dotted: 'Dotted' }

function jsonOptions(workspace: Workspace, names: QemuNameMap): readonly Option[] {
  return [
    ...Object.entries(workspace.groups).map(([group, limits]): Option => {
      const { arguments: value } = objectAddGroup(named(names.groups, group), limits)
      return { name: 'object', value: JSON.stringify(value) }
    }),
    ...filters(workspace, names).map((node): Option => {
      return { name: 'blockdev', value: JSON.stringify(blockdevAddFilter(node).arguments) }
    }),
  ]
}

function dottedOptions(workspace: Workspace, names: QemuNameMap, prefix: 'x-' | 'limits.'): readonly Option[] {
  return [
    ...Object.entries(workspace.groups).map(([group, limits]): Option => {
      const parts = Object.entries(canonicalLimits(limits)).map(([key, value]) => `,${prefix}${key}=${value}`)
      return { name: 'object', value: `throttle-group,id=${named(names.groups, group)}${parts.join('')}` }
    }),
    ...filters(workspace, names).map(({ filter, group, file }): Option => {
      return { name: 'blockdev', value: `throttle,node-name=${filter},throttle-group=${group},file=${file}` }
    }),
  ]
}

function filters(workspace: Workspace, names: QemuNameMap) {
  return workspace.devices.flatMap((device) => {
    const known = names.devices.get(device.id)
    return known ? filterNodes(known, names.groups) : []
  })
}

function driveOptions(workspace: Workspace, names: QemuNameMap): readonly Option[] {
  return [...names.devices.values()].flatMap(({ device, drive }): readonly Option[] => {
    const own = innermostGroup(device)
    const limits = limitsOfInnermost(workspace, device)
    if (own === null || !hasAnyLimit(limits)) return []
    const set = canonicalLimits(limits)
    const parts = LIMIT_KEYS.filter((key) => set[key] !== undefined).map(
      (key) => `,throttling.${key}=${limitOf(set, key)}`,
    )
    const group = escapeOption(named(names.groups, own))
    return [{ name: 'drive', value: `if=none,id=${drive}${parts.join('')},throttling.group=${group}` }]
  })
}

function formatOptions(options: readonly Option[], dashes: '-' | '--'): string {
  if (options.length === 0) return ''
  return `${options.map(({ name, value }) => `${dashes}${name} ${shellQuote(value)}`).join(' \\\n')}\n`
}

function writeSystem(workspace: Workspace, options: WriteOptions): Result<Written> {
  const style = options.style ?? 'json'
  if (style === 'drive') return ok(writeDrives(workspace))
  if (style !== 'json' && style !== 'dotted') return failed([unknownStyle(style, SYSTEM_STYLES)])
  const names = qemuNames(workspace, 'object', 'filter')
  const list = style === 'json' ? jsonOptions(workspace, names) : dottedOptions(workspace, names, 'x-')
  return ok({
    text: formatOptions(list, '-'),
    losses: names.losses,
    notes: [
      'The disks’ own -blockdev are yours, with these node names; each guest disk takes the filter: -device …,drive=NAME-throttle.',
      ...freeDevicesNote(workspace, 'no option is needed.'),
      SCOPE_NOTE,
    ],
  })
}

function writeDrives(workspace: Workspace): Written {
  const names = qemuNames(workspace, 'name', 'drive')
  return {
    text: formatOptions(driveOptions(workspace, names), '-'),
    losses: [
      ...names.losses,
      ...lostLevels(workspace, '-drive'),
      ...emptyGroups(workspace, '-drive makes a group only with a disk in it'),
      ...limitlessGroups(workspace, '-drive with a group but without limits puts the disk into no group'),
    ],
    notes: [
      'Add to each -drive the file= and format= of its disk. The last -drive of a group sets the limits of all; they are the same here.',
      ...freeDevicesNote(workspace, 'no option is needed.'),
      SCOPE_NOTE,
    ],
  }
}

function writeDaemon(workspace: Workspace, options: WriteOptions): Result<Written> {
  const style = options.style ?? 'json'
  if (style !== 'json' && style !== 'dotted') return failed([unknownStyle(style, DAEMON_STYLES)])
  const names = qemuNames(workspace, 'object', 'filter')
  const list = style === 'json' ? jsonOptions(workspace, names) : dottedOptions(workspace, names, 'limits.')
  return ok({
    text: formatOptions(list, '--'),
    losses: names.losses,
    notes: [
      'The daemon reads strictly from left to right: the --blockdev of the disks go before these, --export after.',
      ...freeDevicesNote(workspace, 'no option is needed.'),
      SCOPE_NOTE,
    ],
  })
}

export const qemuArgs: Format = {
  id: 'qemu-args',
  title: 'Command line',
  family: 'QEMU',
  direction: 'both',
  fileExtension: '.sh',
  note: 'options for qemu-system, as a shell takes them',
  options: [styleOption('Which options carry the limits.', SYSTEM_STYLES)],
  write: writeSystem,
  read: (text, options) => readQemuArgs(text, options, false),
  detect: detectQemuArgs,
}

export const storageDaemonArgs: Format = {
  id: 'storage-daemon-args',
  title: 'Storage daemon',
  family: 'QEMU',
  direction: 'both',
  fileExtension: '.sh',
  note: 'options for qemu-storage-daemon, behind those that define the disks',
  options: [styleOption('How the options are spelt.', DAEMON_STYLES)],
  write: writeDaemon,
  read: (text, options) => readQemuArgs(text, options, true),
  detect: (text) => (/qemu-storage-daemon/.test(text.slice(0, 4096)) ? 0.95 : 0),
}
