import { ok, type Result } from '../issue.ts'
import { canonicalLimits, isLimitKey, LIMIT_KEYS, type LimitKey, type Limits } from '../throttle/limits.ts'
import { innermostGroup } from '../workspace/chain.ts'
import type { QemuNames, Workspace } from '../workspace/workspace.ts'
import { type Draft, finishDraft, newDraft, notUnderstood } from './draft.ts'
import type { Format, Imported, ReadOptions, Written } from './format.ts'
import { limitsOfInnermost, lostLevels } from './levels.ts'
import { SCOPE_NOTE } from './losses.ts'
import { groupMembers } from './members.ts'
import { noteOverride } from './set-limits.ts'
import { formatCsvRow, parseCsv, plainCell, separatorOf } from './text/csv-rows.ts'
import { checkText } from './text/guard.ts'

// One row per device with its group and all limits, and one per group without devices: for spreadsheets, and lossless.

const NAMES = ['drive', 'qdev', 'node', 'filter', 'style'] as const
const HEADER = ['device', 'group', ...LIMIT_KEYS, ...NAMES]

function limitCells(limits: Limits): readonly string[] {
  const set = canonicalLimits(limits)
  return LIMIT_KEYS.map((key) => (set[key] === undefined ? '' : String(set[key])))
}

function writeCsv(workspace: Workspace): Result<Written> {
  const rows = workspace.devices.map((device) => [
    device.id,
    innermostGroup(device) ?? '',
    ...limitCells(limitsOfInnermost(workspace, device)),
    ...NAMES.map((name) => device.qemu[name] ?? ''),
  ])
  const empty = Object.entries(workspace.groups)
    .filter(([group]) => groupMembers(workspace, group).length === 0)
    .map(([group, limits]) => ['', group, ...limitCells(limits), ...NAMES.map(() => '')])
  return ok({
    text: [HEADER, ...rows, ...empty].map(formatCsvRow).join(''),
    losses: lostLevels(workspace, 'a row'),
    notes: [SCOPE_NOTE],
  })
}

function readCsv(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const rows = parseCsv(checked.value, separatorOf(firstLine(checked.value)))
  if (!rows.ok) return rows
  const [header = [], ...body] = rows.value
  const draft = newDraft(checked.value)
  for (const [at, name] of header.entries()) {
    if (!HEADER.some((each) => each === name))
      notUnderstood(draft, 'line 1', `${JSON.stringify(name)} is not a column that Weir knows`)
    else if (header.indexOf(name) < at)
      notUnderstood(draft, 'line 1', `${JSON.stringify(name)} is a column already; the last one counts`)
  }
  for (const [index, row] of body.entries()) {
    readRow(draft, new Map(header.map((name, at) => [name, plainCell(row[at] ?? '')])), `row ${index + 2}`)
  }
  return finishDraft(draft, options)
}

function firstLine(text: string): string {
  return text.slice(0, 8192).split(/[\r\n]/, 1)[0] ?? ''
}

function readRow(draft: Draft, cells: ReadonlyMap<string, string>, path: string): void {
  const group = cells.get('group') ?? ''
  const id = cells.get('device') ?? ''
  const limits = limitsOf(cells, path, (place, message) => notUnderstood(draft, place, message))
  if (group !== '') setGroup(draft, group, limits, path)
  else if (Object.keys(limits).length > 0) notUnderstood(draft, path, 'limits without a group; left out')
  if (id !== '') draft.devices.push({ id, group: group === '' ? null : group, qemu: qemuOf(draft, cells, path) })
}

/** A group stands in the row of each of its devices; empty cells of a later one mean “as above”. */
function setGroup(draft: Draft, group: string, limits: Limits, path: string): void {
  const held = draft.groups.get(group) ?? {}
  for (const key of LIMIT_KEYS) {
    const [from, to] = [held[key], limits[key]]
    if (from !== undefined && to !== undefined) noteOverride(draft, { path, what: `${group}: ${key}`, from, to })
  }
  draft.groups.set(group, { ...held, ...limits })
}

function limitsOf(
  cells: ReadonlyMap<string, string>,
  path: string,
  complain: (path: string, message: string) => void,
): Limits {
  const limits: Partial<Record<LimitKey, number>> = {}
  for (const [name, text] of cells) {
    if (!isLimitKey(name) || text.trim() === '') continue
    if (/^\d+$/.test(text.trim())) limits[name] = Number(text)
    else complain(`${path} ${name}`, `${JSON.stringify(text.slice(0, 40))} is not a whole number`)
  }
  return limits
}

function qemuOf(draft: Draft, cells: ReadonlyMap<string, string>, path: string): QemuNames {
  const given = NAMES.flatMap((name): readonly (readonly [string, string])[] => {
    const value = cells.get(name) ?? ''
    if (value === '') return []
    if (name !== 'style' || value === 'legacy' || value === 'filter') return [[name, value]]
    notUnderstood(draft, `${path} style`, `${JSON.stringify(value.slice(0, 40))} is not valid; use legacy or filter`)
    return []
  })
  return Object.fromEntries(given) as QemuNames // NAMES are its keys, and the style was checked
}

export const csv: Format = {
  id: 'csv',
  title: 'CSV',
  family: 'Others',
  direction: 'both',
  fileExtension: '.csv',
  note: 'one row per device, for spreadsheets; Weir reads it back',
  options: [],
  write: writeCsv,
  read: readCsv,
  detect: (text) => (/^\uFEFF?"?device"?([,;\t])"?group"?\1/.test(text) ? 0.95 : 0),
}
