import { ok, type Result } from '../issue.ts'
import { canonicalLimits, isLimitKey, LIMIT_KEYS, type LimitKey, type Limits } from '../throttle/limits.ts'
import { innermostGroup } from '../workspace/chain.ts'
import type { QemuNames, Workspace } from '../workspace/workspace.ts'
import { type Draft, finishDraft, newDraft, notUnderstood } from './draft.ts'
import type { Format, Imported, ReadOptions, Written } from './format.ts'
import { limitsOfInnermost, lostLevels } from './levels.ts'
import { SCOPE_NOTE } from './losses.ts'
import { groupMembers } from './members.ts'
import { noteReplaced } from './set-limits.ts'
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
  const { table, skipped } = tableOf(checked.value)
  const rows = parseCsv(table, separatorOf(firstLine(table)))
  if (!rows.ok) return rows
  const [header = [], ...body] = rows.value
  const draft = newDraft(checked.value)
  for (const [at, name] of header.entries()) {
    if (!HEADER.some((each) => each === name))
      notUnderstood(draft, `line ${skipped + 1}`, `${JSON.stringify(name)} is not a column that Weir knows`)
    else if (header.indexOf(name) < at)
      notUnderstood(draft, `line ${skipped + 1}`, `column ${JSON.stringify(name)} appears twice; the last one counts`)
  }
  for (const [index, row] of body.entries()) {
    const path = `row ${skipped + index + 2}`
    const beyond = row.slice(header.length).filter((cell) => cell.trim() !== '')
    if (beyond.length > 0) {
      const cells = beyond.map((cell) => JSON.stringify(cell.slice(0, 40))).slice(0, 3)
      notUnderstood(draft, path, `${cells.join(', ')}: no column has a name here; left out`)
    }
    readRow(draft, new Map(header.map((name, at) => [name, plainCell(row[at] ?? '')])), path)
  }
  return finishDraft(draft, options)
}

/** Above the heading: empty lines, and Excel's `sep=;`, which the heading says as well. */
const PREFACE = /^\uFEFF?(?:[ \t]*\r?\n|"?sep=."?\r?\n)*/

function tableOf(text: string): { readonly table: string; readonly skipped: number } {
  const [preface = ''] = PREFACE.exec(text) ?? []
  return { table: text.slice(preface.length), skipped: preface.split('\n').length - 1 }
}

function firstLine(text: string): string {
  return text.slice(0, 8192).split(/[\r\n]/, 1)[0] ?? ''
}

function readRow(draft: Draft, cells: ReadonlyMap<string, string>, path: string): void {
  const group = cells.get('group') ?? ''
  const id = cells.get('device') ?? ''
  const limits = limitsOf(cells, path, (place, message) => notUnderstood(draft, place, message))
  const isEmpty = (key: LimitKey) => cells.get(key)?.trim() === ''
  if (group !== '') setGroup(draft, group, { limits, isEmpty }, path)
  else if (Object.keys(limits).length > 0) notUnderstood(draft, path, 'limits without a group; left out')
  if (id !== '') draft.devices.push({ id, group: group === '' ? null : group, qemu: qemuOf(draft, cells, path) })
}

interface LimitCells {
  readonly limits: Limits
  readonly isEmpty: (key: LimitKey) => boolean
}

/** A group stands in the row of each of its devices; one without any limit means “as above”. */
function setGroup(draft: Draft, group: string, { limits, isEmpty }: LimitCells, path: string): void {
  const held = draft.groups.get(group) ?? {}
  const merged = { ...held, ...limits }
  noteReplaced(draft, { path, name: group, from: held, to: merged })
  // Somebody may have cleared the cell to remove the limit, or left it empty since the row above says it.
  for (const key of Object.keys(limits).length === 0 ? [] : LIMIT_KEYS.filter(isEmpty)) {
    const above = held[key] ?? 0
    if (above === 0) continue
    const message = `${group}: ${key} is empty here and ${above} above; ${above} is kept`
    draft.losses.push({ path, kind: 'dropped', message, to: above })
  }
  draft.groups.set(group, merged)
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
  detect: (text) => (/^"?device"?([,;\t])"?group"?\1/.test(tableOf(text.slice(0, 8192)).table) ? 0.95 : 0),
}
