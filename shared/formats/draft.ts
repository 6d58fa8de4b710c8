import { failed, type Issue, ok, type Result } from '../issue.ts'
import { madePrintable } from '../printable.ts'
import type { Limits } from '../throttle/limits.ts'
import { MAX_LEVELS, NO_GROUPS } from '../workspace/chain.ts'
import { freeName } from '../workspace/edits.ts'
import { parseWorkspace } from '../workspace/parse.ts'
import {
  DEFAULT_DISK,
  type Device,
  type Disk,
  EMPTY_WORKSPACE,
  IDLE,
  MAX_DEVICES,
  MAX_DISK_BYTES,
  MAX_GROUPS,
  type QemuNames,
  type Workload,
} from '../workspace/workspace.ts'
import { formatPath } from '../workspace/zod-issues.ts'
import type { ExtraFile, Imported, Loss, ReadOptions } from './format.ts'
import { possibleLimits } from './possible-limits.ts'
import { hugeNumbers } from './text/huge-numbers.ts'

// A workspace in the making. Readers put in what they find, in whatever shape it comes; `finishDraft` gives names that a
// workspace can have, takes out what QEMU's rules forbid (and says so), and checks the whole through `parseWorkspace`.

export interface DraftDevice {
  readonly id: string
  readonly group: string | null
  /** The levels of its chain after `group`, towards the disk. */
  readonly inner?: readonly string[]
  readonly qemu?: QemuNames
  readonly disk?: Disk
  readonly workload?: Workload
}

export interface Draft {
  /** What the text itself says it is about, such as a VM's name; null: nothing. */
  name: string | null
  readonly groups: Map<string, Limits>
  readonly devices: DraftDevice[]
  readonly losses: Loss[]
  readonly notes: string[]
  readonly files: ExtraFile[]
  /** The text is a log: that limits changed in its course is what it tells, and no loss. */
  isHistory?: true
  /** What was not understood after the first hundreds. */
  unreported: number
  /** Numbers too large to be exact in JavaScript, as the text has them. */
  readonly huge: ReadonlyMap<number, string>
}

/** `text`: what is read, so that a loss shows each number as it is written there. */
export function newDraft(text = ''): Draft {
  return {
    name: null,
    groups: new Map(),
    devices: [],
    losses: [],
    notes: [],
    files: [],
    unreported: 0,
    huge: hugeNumbers(text),
  }
}

/** Of one import; the rest is counted. */
const MAX_REPORTS = 200

export function notUnderstood(draft: Draft, path: string, message: string): void {
  if (draft.losses.length < MAX_REPORTS) draft.losses.push({ path, kind: 'not-understood', message })
  else draft.unreported += 1
}

/** Of JSON whose key stands twice: JavaScript has taken the last. */
export function reportDoubled(draft: Draft, path: string, doubled: string | null): void {
  if (doubled !== null)
    notUnderstood(draft, path, doubled.replace('only one would count; remove one', 'the last one was taken'))
}

/** A disk of `bytes`, as far as a workspace can have it; the usual one if that is not known. */
export function diskOfSize(bytes: number | null): Disk {
  if (bytes === null || !Number.isSafeInteger(bytes) || bytes < 512) return DEFAULT_DISK
  return { ...DEFAULT_DISK, sizeBytes: Math.min(bytes, MAX_DISK_BYTES) }
}

export function finishDraft(draft: Draft, options: ReadOptions): Result<Imported> {
  if (options.machine !== undefined) return failed([absentMachine(options.machine, [])])
  const tooMany = tooManyIssues(draft)
  if (tooMany.length > 0) return failed(tooMany)
  if (draft.devices.length === 0 && draft.groups.size === 0) return failed([emptyDraft(draft)])
  const more = `${draft.unreported} more things like these were not understood`
  const losses: Loss[] = [
    ...draft.losses,
    ...(draft.unreported > 0 ? [{ path: '', kind: 'not-understood' as const, message: more }] : []),
  ]
  const groups = legalNames([...draft.groups.keys()], 'groups', losses)
  const ids = legalIds(draft.devices, losses)
  const chains = draft.devices.map((device, index) => chainOfDraft(device, ids[index] ?? device.id, groups, losses))
  const devices: readonly Device[] = draft.devices.map((device, index) => ({
    id: ids[index] ?? device.id,
    groups: chains[index] ?? NO_GROUPS,
    iothread: null,
    disk: device.disk ?? DEFAULT_DISK,
    workload: device.workload ?? IDLE,
    qemu: legalQemuNames(device.qemu ?? {}, `devices[${index}].qemu`, losses),
  }))
  const checked = parseWorkspace({
    ...EMPTY_WORKSPACE,
    name: workspaceName(draft.name ?? options.fileName),
    groups: Object.fromEntries(
      [...draft.groups].map(([name, limits]) => [
        groups.get(name) ?? name,
        possibleLimits(limits, { path: ['groups', groups.get(name) ?? name], huge: draft.huge, losses }),
      ]),
    ),
    devices,
  })
  if (!checked.ok) return checked
  return ok({ workspace: checked.value, losses, notes: draft.notes, files: draft.files, machines: [] })
}

/** Nothing came of the text, and why, as far as that is known. */
function emptyDraft({ losses, notes }: Draft): Issue {
  const lost = losses.map((loss) => `${loss.path === '' ? '' : `${loss.path}: `}${loss.message}`)
  const reasons = [...lost, ...notes.map((note) => note.replace(/\.$/, ''))].slice(0, 3).join('; ')
  const why = reasons === '' ? '' : ` (${reasons})`
  return lost.length === 0
    ? { path: '', code: 'nothing-found', message: `there is nothing about disks or their limits in this${why}` }
    : { path: '', code: 'nothing-understood', message: `nothing about disks or their limits was understood${why}` }
}

/** A path of QEMU's object tree may be longer than a name. */
const MAX_QDEV_CHARS = 1024
const MAX_NAME_CHARS = 128

/** Names that a workspace cannot hold are left out: the device stays, by its id. */
function legalQemuNames(names: QemuNames, path: string, losses: Loss[]): QemuNames {
  const kept = Object.entries(names).flatMap(([key, given]) => {
    const name = madePrintable(given)
    const most = key === 'qdev' ? MAX_QDEV_CHARS : MAX_NAME_CHARS
    if (name !== '' && name !== '__proto__' && name.length <= most) return [[key, name]]
    const message = `${JSON.stringify(given.slice(0, 80))} is not a name that a workspace can hold; it is left out`
    losses.push({ path: `${path}.${key}`, kind: 'dropped', message })
    return []
  })
  return Object.fromEntries(kept) as QemuNames // the same keys, or fewer
}

/** Of a text that names `names`, or no machine at all. */
export function absentMachine(asked: string, names: readonly string[]): Issue {
  const right = names.length === 0 ? 'it names none, so there is none to choose' : `it has ${names.join(', ')}`
  return { path: '', code: 'no-such-machine', message: `no machine ${JSON.stringify(asked)} is in this: ${right}` }
}

function chainOfDraft(
  { group, inner = [] }: DraftDevice,
  id: string,
  names: ReadonlyMap<string, string>,
  losses: Loss[],
): readonly string[] {
  if (group === null) return NO_GROUPS
  const chain = [group, ...inner].flatMap((each) => names.get(each) ?? [])
  if (chain.length > MAX_LEVELS) {
    const message = `the disk passes through ${chain.length} groups; a workspace holds the ${MAX_LEVELS} nearest the guest`
    losses.push({ path: id, kind: 'dropped', message })
  }
  return chain.slice(0, MAX_LEVELS)
}

function tooManyIssues(draft: Draft): readonly Issue[] {
  const issues: Issue[] = []
  const check = (count: number, most: number, what: string): void => {
    if (count > most) {
      issues.push({
        path: '',
        code: 'too-many',
        message: `this has ${count} ${what}; ${most} are the most that a workspace holds`,
      })
    }
  }
  check(draft.devices.length, MAX_DEVICES, 'disks')
  check(draft.groups.size, MAX_GROUPS, 'groups')
  return issues
}

/** `vm-web01.qmp.json` → `vm-web01`. */
export function workspaceName(fileName: string | undefined): string {
  const stem = (fileName ?? '').replace(/(\.(weir|qmp|xml|conf|json|txt|csv|fio|log|iolog|blktrace))+$/i, '')

  const name = madePrintable(stem).trim().slice(0, 128)
  return name === '' || name === '-' ? 'Imported' : name
}

/** As the schema of names has it: 1…128 characters, printable, not `__proto__`. */
function legalName(name: string, stem: string): string {
  const printable = madePrintable(name).slice(0, 128)
  if (printable === '') return stem
  return printable === '__proto__' ? 'proto' : printable
}

function legalNames(names: readonly string[], what: string, losses: Loss[]): ReadonlyMap<string, string> {
  const mapped = new Map<string, string>()
  const taken = new Set<string>()
  for (const name of names) {
    const legal = freeName(taken, legalName(name, 'group'))
    taken.add(legal)
    mapped.set(name, legal)
    if (legal !== name) losses.push(renamed(formatPath([what, legal]), name, legal))
  }
  return mapped
}

function legalIds(devices: readonly DraftDevice[], losses: Loss[]): readonly string[] {
  const taken = new Set<string>()
  return devices.map((device, index) => {
    const legal = freeName(taken, legalName(device.id, 'disk'))
    taken.add(legal)
    if (legal !== device.id) losses.push(renamed(`devices[${index}].id`, device.id, legal))
    return legal
  })
}

function renamed(path: string, from: string, to: string): Loss {
  return {
    path,
    kind: 'renamed',
    message: `a workspace cannot have the name ${JSON.stringify(from)} here; it is called ${to}`,
    from,
    to,
  }
}
