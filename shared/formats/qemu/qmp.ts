import { failed, ok, type Result } from '#shared/issue.ts'
import {
  blockdevAddFilter,
  blockSetIoThrottle,
  blockUnthrottle,
  formatQmp,
  objectAddGroup,
  type QmpCommand,
  qomSetDrive,
} from '#shared/qemu/qmp-commands.ts'
import { hasAnyLimit } from '#shared/throttle/limits.ts'
import { innermostGroup, isThrottled } from '#shared/workspace/chain.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { type Format, type Loss, styleOption, type WriteOptions, type Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { emptyGroups, freeDevicesNote, limitlessGroups, SCOPE_NOTE } from '../losses.ts'
import { filterNodes, named, type QemuNameMap, qemuNames } from './qemu-names.ts'
import { attachNotes } from './qmp-attach.ts'
import { qmpChange } from './qmp-change.ts'
import { detectQmp, detectQmpQuery, readQmp, readQmpQuery } from './qmp-read.ts'
import { formatQmpShell } from './qmp-shell.ts'

// The QMP forms: the whole workspace today's way, the whole workspace as device limits, and a change.

const SCRIPT_STYLES = { json: 'JSON, one command a line', shell: 'Script for qmp-shell' }
const scriptOption = styleOption('How the commands are spelt.', SCRIPT_STYLES)

/** The commands as text; losses are what the spelling itself cannot say. */
function formatCommands(
  commands: readonly QmpCommand[],
  style: string | undefined,
): Result<{ readonly text: string; readonly losses: readonly Loss[] }> {
  if (style === 'shell') return ok(formatQmpShell(commands))
  if (style !== undefined && style !== 'json') return failed([unknownStyle(style, SCRIPT_STYLES)])
  return ok({ text: commands.map((command) => `${formatQmp(command)}\n`).join(''), losses: [] })
}

export function unknownStyle(style: string, styles: Readonly<Record<string, string>>) {
  return {
    path: 'style',
    code: 'unknown-style',
    message: `${JSON.stringify(style)} is not a style of this format; use ${Object.keys(styles).join(' or ')}`,
  }
}

/** Today's way: an object per group, a filter per throttled disk. */
export function filterCommands(workspace: Workspace, names: QemuNameMap): readonly QmpCommand[] {
  const groups = Object.entries(workspace.groups).map(([group, limits]) =>
    objectAddGroup(named(names.groups, group), limits),
  )
  const filters = [...names.devices.values()].flatMap((device) =>
    filterNodes(device, names.groups).map((node): QmpCommand => blockdevAddFilter(node)),
  )
  return [...groups, ...filters]
}

/** What puts running disks on those filters; a disk that was captured on a filter is there already. */
function attachCommands(names: QemuNameMap): readonly QmpCommand[] {
  return [...names.devices.values()].flatMap(({ device, device: { qemu }, filter }) =>
    !isThrottled(device) || qemu.qdev === undefined || qemu.style === 'filter' ? [] : [qomSetDrive(qemu.qdev, filter)],
  )
}

/** Every device with its group, and with all zeros where it has none, so that the whole state is said. */
export function legacyCommands(workspace: Workspace, names: QemuNameMap): readonly QmpCommand[] {
  return [...names.devices.values()].map(({ device, target }) => {
    const own = innermostGroup(device)
    const limits = limitsOfInnermost(workspace, device)
    if (own === null || !hasAnyLimit(limits)) return blockUnthrottle(target)
    return blockSetIoThrottle(target, limits, named(names.groups, own))
  })
}

function writeQmp(workspace: Workspace, options: WriteOptions): Result<Written> {
  const names = qemuNames(workspace, 'object', 'filter')
  const script = formatCommands(filterCommands(workspace, names), options.style)
  if (!script.ok) return script
  return ok({
    text: script.value.text,
    losses: [...names.losses, ...script.value.losses],
    notes: [...attachNotes(attachCommands(names)), ...freeDevicesNote(workspace, 'no command is needed.'), SCOPE_NOTE],
  })
}

function writeLegacy(workspace: Workspace, options: WriteOptions): Result<Written> {
  const names = qemuNames(workspace, options.style === 'shell' ? 'word' : 'name', 'legacy')
  const script = formatCommands(legacyCommands(workspace, names), options.style)
  if (!script.ok) return script
  return ok({
    text: script.value.text,
    losses: [
      ...names.losses,
      ...lostLevels(workspace, 'block_set_io_throttle'),
      ...emptyGroups(workspace, 'block_set_io_throttle makes a group only with a disk in it'),
      ...limitlessGroups(workspace, 'block_set_io_throttle without any limit takes a disk out of its group'),
      ...script.value.losses,
    ],
    notes: [SCOPE_NOTE],
  })
}

const CHANGE_STYLES = { auto: 'As each disk is throttled now', filter: 'Filters', legacy: 'block_set_io_throttle' }

function writeChange(workspace: Workspace, options: WriteOptions): Result<Written> {
  if (options.since === undefined) {
    return failed([
      {
        path: 'since',
        code: 'missing',
        message: 'say what runs now: the workspace to compare with (--since OLD.weir.json)',
      },
    ])
  }
  const style = options.style ?? 'auto'
  if (style !== 'auto' && style !== 'filter' && style !== 'legacy') return failed([unknownStyle(style, CHANGE_STYLES)])
  const change = qmpChange(options.since, workspace, { style })
  const nothing = change.commands.length === 0 ? ['Nothing differs; there is nothing to send.'] : []
  return ok({
    text: change.commands.map((command) => `${formatQmp(command)}\n`).join(''),
    losses: [...lostLevels(workspace, 'a change'), ...change.losses],
    notes: [...nothing, ...change.notes, SCOPE_NOTE],
  })
}

export const qmp: Format = {
  id: 'qmp',
  title: 'QMP, throttle groups',
  family: 'QEMU',
  direction: 'both',
  fileExtension: '.qmp.json',
  note: 'takes effect on nodes named like the devices',
  options: [scriptOption],
  write: writeQmp,
  read: readQmp,
  detect: detectQmp,
}

export const qmpLegacy: Format = {
  id: 'qmp-legacy',
  title: 'QMP, block_set_io_throttle',
  family: 'QEMU',
  direction: 'out',
  fileExtension: '.qmp.json',
  note: 'takes effect on drives named like the devices',
  options: [scriptOption],
  write: writeLegacy,
}

export const qmpChangeFormat: Format = {
  id: 'qmp-change',
  title: 'QMP, only what changed',
  family: 'QEMU',
  direction: 'out',
  fileExtension: '.qmp.json',
  note: 'send it in this order; each changed group may burst again',
  options: [
    { key: 'since', label: 'Since', help: 'What runs now.', kind: 'workspace', choices: [], preset: '' },
    styleOption('How the disks are throttled in QEMU.', CHANGE_STYLES),
  ],
  write: writeChange,
}

export const qmpQuery: Format = {
  id: 'qmp-query',
  title: 'QMP, query-block',
  family: 'QEMU',
  direction: 'in',
  fileExtension: '.json',
  note: 'the reply to query-block; the limits of filters are not in it',
  options: [],
  read: readQmpQuery,
  detect: detectQmpQuery,
}
