import { canonicalLimits, hasAnyLimit, type LimitKey, type Limits } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import { keysByName, LIBVIRT_KEYS } from '../limit-names.ts'

// What virsh prints: the values of `blkdeviotune DOM DISK` and `domthrottlegroupinfo DOM GROUP`, a line each, and the tables
// of `domblklist` and `domthrottlegrouplist`.

const KEYS = keysByName(LIBVIRT_KEYS)

export interface Asked {
  readonly command: string
  readonly name: string | null
}

export interface Output {
  readonly draft: Draft
  readonly asked: Asked | null
  readonly values: Map<LimitKey, number>
  group: string | null
  /** Which table its lines are of. */
  table: 'disks' | 'details' | 'groups' | null
}

/** After a command; or at a line that only a print-out has. */
export function startOutput(draft: Draft, line: string | null, asked: Asked | null = null): Output | null {
  if (line !== null && limitLine(line) === null && tableOf(line) === null) return null
  return { draft, asked, values: new Map(), group: null, table: null }
}

function limitLine(line: string): readonly [string, string] | null {
  const match = /^\s*(\w+)\s*: (.*)$/.exec(line) ?? /^\s*(group_name)\s*:()\s*$/.exec(line)
  const name = match?.[1] ?? ''
  return name === 'group_name' || KEYS.has(name) ? [name, (match?.[2] ?? '').trimEnd()] : null
}

function tableOf(line: string): Output['table'] {
  if (/^\s*Type\s+Device\s+Target\s+Source\s*$/.test(line)) return 'details'
  if (/^\s*Target\s+Source\s*$/.test(line)) return 'disks'
  return null
}

/** True: the line was of a print-out. */
export function outputLine(output: Output, line: string, path: string): boolean {
  const value = limitLine(line)
  if (value !== null) {
    takeValue(output, value, path)
    return true
  }
  const table =
    tableOf(line) ?? (output.asked?.command === 'domthrottlegrouplist' && /^\s*Name\s*$/.test(line) ? 'groups' : null)
  if (table !== null) {
    output.table = table
    return true
  }
  if (/^\s*-{5,}\s*$/.test(line) || (line.trim() === '' && (output.table !== null || output.values.size > 0)))
    return true
  return output.table !== null && takeRow(output, line)
}

function takeValue(output: Output, [name, text]: readonly [string, string], path: string): void {
  const key = KEYS.get(name)
  // A value again is another disk's.
  if ((key !== undefined && output.values.has(key)) || (name === 'group_name' && output.group !== null)) {
    finishOutput(output)
    output.values.clear()
    output.group = null
  }
  if (key === undefined) output.group = text
  else if (/^\d{1,30}$/.test(text)) output.values.set(key, Number(text))
  else notUnderstood(output.draft, path, `${name} is ${JSON.stringify(text.slice(0, 40))}, not a whole number`)
}

function takeRow({ draft, table }: Output, line: string): boolean {
  const match = table === 'details' ? /^\s(?:\w+)\s+(\w+)\s+(\w+)(?:\s|$)/.exec(line) : /^\s()(\S+)(?:\s|$)/.exec(line)
  const [, kind, name] = match ?? []
  if (name === undefined) return false
  if (table === 'groups') {
    if (!draft.groups.has(name)) draft.groups.set(name, {})
  } else if (kind === 'cdrom' || kind === 'floppy')
    draft.notes.push(`${name} is not a disk that is throttled (CD-ROM, floppy); left out.`)
  else if (!draft.devices.some(({ id }) => id === name)) draft.devices.push({ id: name, group: null })
  return true
}

/** What its values make of the disk or the group that was asked about. */
export function finishOutput(output: Output | null): void {
  if (output === null || output.values.size === 0) return
  const { draft, asked, values, group } = output
  const set = [...values].filter(([, value]) => value !== 0)
  const limits: Limits = canonicalLimits(Object.fromEntries(set))
  const isGroup = asked?.command === 'domthrottlegroupinfo' || (asked === null && group === null)
  if (isGroup) {
    draft.groups.set(asked?.name ?? freeOf(draft, 'group'), limits)
    return
  }
  const id = asked?.name ?? freeOf(draft, 'disk')
  if (asked?.name === undefined || asked.name === null)
    draft.notes.push(`Which disk the values of ${id} are of is not in this text.`)
  const throttled = hasAnyLimit(limits)
  const own = group === null || group === '' ? id : group
  const device = { id, group: throttled ? own : null, ...(throttled ? { qemu: { style: 'legacy' as const } } : {}) }
  const index = draft.devices.findIndex((each) => each.id === id)
  if (index < 0) draft.devices.push(device)
  else draft.devices[index] = device
  // A burst without a rate goes along, so that it is left out with QEMU's reason.
  if (Object.keys(limits).length > 0) draft.groups.set(own, limits)
}

function freeOf(draft: Draft, stem: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? stem : `${stem} ${number}`
    if (!draft.groups.has(name) && !draft.devices.some(({ id }) => id === name)) return name
  }
}
