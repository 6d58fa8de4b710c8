import { assert } from '#shared/assert.ts'
import { listed } from '#shared/listed.ts'
import type { FlowResult, RunResult } from '#shared/result.ts'
import type { DeviceSnapshot, DirectionSnapshot, GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import {
  formatBps,
  formatClock,
  formatDurationNs,
  formatInteger,
  formatIops,
  formatShort,
  NS_PER_US,
} from '#shared/units.ts'
import { columnsThatFit, fitted, linesThatFit } from './fit.ts'
import type { Paint } from './terminal.ts'

// What `weir run` shows, as lines of text: a table that is drawn again and again in a terminal, one line per second and
// lane in a pipe, and a table of the whole run at its end.

const COLUMNS = [
  { name: 'IOPS', width: 9 },
  { name: 'bandwidth', width: 12 },
  { name: 'wait p50', width: 9 },
  { name: 'p99', width: 9 },
  { name: 'queued', width: 7 },
  { name: 'slowed', width: 7 },
].map((column, cell) => ({ ...column, cell }))
/** Where a terminal is narrow, in this order; IOPS stay. */
const GIVE_UP = ['bandwidth', 'wait p50', 'slowed', 'p99', 'queued']
/** More names than this are counted instead. */
const MOST_NAMES = 2

const INDENT = { lane: '', device: '  ', failed: '  ', level: '    at ' } as const

interface Row {
  readonly name: string
  readonly cells: readonly string[]
  readonly note: string
  readonly kind: 'lane' | 'device' | 'level' | 'failed'
}

export interface Page {
  readonly paint: Paint
  readonly columns: number
  readonly rows: number
}

/** The run as it stands, for a terminal of that size. */
export function liveLines(snapshot: Snapshot, title: string, { paint, columns, rows }: Page): readonly string[] {
  const lanes = Object.entries(snapshot.groups).map(([name, group]) => [
    laneRow(name, group, snapshot),
    ...group.members.flatMap((id) => deviceRows(id, named(snapshot.devices, id), name)),
  ])
  const free = freeDevices(snapshot)
  const freeRows = [FREE_LANE, ...free.map((id) => deviceRow(id, named(snapshot.devices, id)))]
  return linesThatFit(
    [title, ...tableLines([...lanes.flat(), ...(free.length > 0 ? freeRows : [])], paint, columns)],
    rows,
  )
}

/** One line per lane, for a pipe. */
export function plainLines(snapshot: Snapshot): readonly string[] {
  const at = formatClock(snapshot.nowNs)
  const shares = (ids: readonly string[]) =>
    ids
      .map((id) => `${id} ${formatIops(iopsOf(named(snapshot.devices, id)))}${mark(named(snapshot.devices, id))}`)
      .join(', ')
  const lanes = Object.entries(snapshot.groups).map(
    ([name, group]) =>
      `${at}  ${name}: ${formatIops(iopsOf(group))} IOPS, ${formatBps(bpsOf(group))}, ${queuedOf(group)} queued (${shares(group.members)})`,
  )
  const free = freeDevices(snapshot)
  return free.length === 0 ? lanes : [...lanes, `${at}  not throttled: ${shares(free)}`]
}

/** The whole run, whatever the terminal: it is not drawn again. */
export function resultLines(result: RunResult, title: string, paint: Paint): readonly string[] {
  const lanes = Object.entries(result.groups).map(([name, group]): readonly Row[] => [
    {
      name,
      cells: [formatIops(group.iops), formatBps(group.bps), ...groupWaits(group), '', ''],
      note: [limitsInWords(group.limits), ...fairnessInWords(group)].join(' · '),
      kind: 'lane',
    },
    ...group.members.flatMap((id) => [resultRow(id, result), ...resultLevelRows(id, result, name)]),
  ])
  const free = Object.keys(result.devices).filter((id) => result.devices[id]?.group === null)
  const freeRows = free.length > 0 ? [FREE_LANE, ...free.map((id) => resultRow(id, result))] : []
  return [title, ...tableLines([...lanes.flat(), ...freeRows], paint, Number.POSITIVE_INFINITY)]
}

/** What was taken for the disks' times where the workspace names none; null: it names all. */
export function assumedTimes(result: RunResult): string | null {
  const byTime = new Map<number, string[]>()
  for (const [id, { assumedServiceUs: us }] of Object.entries(result.devices)) {
    if (us !== undefined) byTime.set(us, [...(byTime.get(us) ?? []), id])
  }
  if (byTime.size === 0) return null
  const times = [...byTime].map(([us, ids]) => `${formatDurationNs(us * NS_PER_US)} for ${namesInWords(ids)}`)
  return `Assumed service time per request, because the file sets no "service": ${times.join(', ')}.`
}

function namesInWords(ids: readonly string[]): string {
  return ids.length > MOST_NAMES ? `${ids.length} disks` : listed(ids)
}

/** Of all its members' requests. */
function groupWaits({ waitNs }: RunResult['groups'][string]): readonly [p50: string, p99: string] {
  return waitNs === undefined ? ['', ''] : [formatDurationNs(waitNs.p50), formatDurationNs(waitNs.p99)]
}

/** As the window shows it: one disk alone is not fair to anybody. */
function fairnessInWords({ members, fairness }: RunResult['groups'][string]): readonly string[] {
  return members.length > 1 ? [`fairness ${Math.round(fairness * 100)} %`] : []
}

const FREE_LANE: Row = { name: 'Not throttled', cells: ['', '', '', '', '', ''], note: '', kind: 'lane' }

function laneRow(name: string, group: GroupSnapshot, snapshot: Snapshot): Row {
  const slowed = group.members.map((id) => snapshot.devices[id]?.throttledShare ?? 0)
  const cells = [formatIops(iopsOf(group)), formatBps(bpsOf(group)), '', '', `${queuedOf(group)}`, percent(slowed)]
  return { name, cells, note: limitsInWords(group.limits), kind: 'lane' }
}

/** A device in the lane of a group. Where it has several, its outermost lane shows each of its levels. */
function deviceRows(id: string, device: DeviceSnapshot, lane: string): readonly Row[] {
  const levels = device.group === lane ? (device.levels ?? []) : []
  return [
    deviceRow(id, device),
    ...levels.map((level) =>
      levelRow(level, [level.queued === null ? '–' : `${level.queued}`, percent([level.throttledShare ?? 0])]),
    ),
  ]
}

function resultLevelRows(id: string, result: RunResult, lane: string): readonly Row[] {
  const device = named(result.devices, id)
  const levels = device.group === lane ? (device.levels ?? []) : []
  return levels.map((level) =>
    levelRow(level, ['', percent([result.durationS > 0 ? level.throttledS / result.durationS : 0])]),
  )
}

/** Only means are known of one level. */
function levelRow(
  { group, waitMeanNs }: { readonly group: string; readonly waitMeanNs: number | null },
  [queued, slowed]: readonly [queued: string, slowed: string],
): Row {
  const note = waitMeanNs === null ? '' : `waits ${formatDurationNs(waitMeanNs)} on average`
  return { name: group, cells: ['', '', '', '', queued, slowed], note, kind: 'level' }
}

function deviceRow(id: string, device: DeviceSnapshot): Row {
  const [p50, p99] = [
    worst(device.read.waitP50Ns, device.write.waitP50Ns),
    worst(device.read.waitP99Ns, device.write.waitP99Ns),
  ]
  const queued = (device.read.queued ?? 0) + (device.write.queued ?? 0)
  return {
    name: id,
    cells: [
      formatIops(iopsOf(device)),
      formatBps(bpsOf(device)),
      p50 === null ? '–' : formatDurationNs(p50),
      p99 === null ? '–' : formatDurationNs(p99),
      `${queued}`,
      percent([device.throttledShare ?? 0]),
    ],
    note: device.status === 'failed' ? `stopped: ${device.reason}` : '',
    kind: device.status === 'failed' ? 'failed' : 'device',
  }
}

function resultRow(id: string, result: RunResult): Row {
  const device = named(result.devices, id)
  const flows: readonly FlowResult[] = [device.read, device.write].filter((flow) => flow.requests > 0)
  const most = (of: (flow: FlowResult) => number) => formatDurationNs(Math.max(0, ...flows.map(of)))
  return {
    name: id,
    cells: [
      formatIops(device.read.iops + device.write.iops),
      formatBps(device.read.bps + device.write.bps),
      most((flow) => flow.waitNs.p50),
      most((flow) => flow.waitNs.p99),
      `${device.queuedMax}`,
      percent([result.durationS > 0 ? device.throttledS / result.durationS : 0]),
    ],
    note: device.failed === undefined ? '' : `stopped: ${device.failed}`,
    kind: device.failed === undefined ? 'device' : 'failed',
  }
}

function tableLines(rows: readonly Row[], paint: Paint, columns: number): readonly string[] {
  const nameWidth = Math.min(
    28,
    Math.max(12, ...rows.map((row) => row.name.length + Math.max(2, INDENT[row.kind].length))),
  )
  const used = columnsThatFit(COLUMNS, columns - nameWidth, GIVE_UP)
  const head = ''.padEnd(nameWidth) + used.map(({ name, width }) => name.padStart(width)).join('')
  const lines = rows.map((row) => {
    const name = fitted(`${INDENT[row.kind]}${row.name}`, nameWidth).padEnd(nameWidth)
    const cells = used.map(({ cell, width }) => (row.cells[cell] ?? '').padStart(width)).join('')
    const text = fitted(`${name}${cells}${row.note === '' ? '' : `  ${row.note}`}`, columns)
    if (row.kind === 'failed') return paint.bad(text)
    return row.kind === 'lane' ? paint.bold(text) : text
  })
  return [paint.dim(fitted(head, columns)), ...lines]
}

function named<T>(devices: Readonly<Record<string, T>>, id: string): T {
  const device = devices[id]
  assert(device !== undefined, 'a member of a group is a device')
  return device
}

function freeDevices(snapshot: Snapshot): readonly string[] {
  return Object.keys(snapshot.devices).filter((id) => snapshot.devices[id]?.group === null)
}

function iopsOf(flows: { readonly read: { readonly iops: number }; readonly write: { readonly iops: number } }) {
  return flows.read.iops + flows.write.iops
}

function bpsOf(flows: { readonly read: { readonly bps: number }; readonly write: { readonly bps: number } }) {
  return flows.read.bps + flows.write.bps
}

function queuedOf(group: { readonly read: DirectionSnapshot; readonly write: DirectionSnapshot }): number {
  return (group.read.queued ?? 0) + (group.write.queued ?? 0)
}

function mark(device: DeviceSnapshot): string {
  return device.status === 'failed' ? ` (stopped: ${device.reason})` : ''
}

function worst(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}

function percent(shares: readonly number[]): string {
  return `${formatShort(Math.round(Math.max(0, ...shares) * 100))} %`
}

/** `Noisy neighbour  00:07 / 00:10`, in so many characters. */
export function liveTitle(name: string, nowNs: number, durationS: number, { paint, columns }: Page): string {
  const times = `  ${formatClock(nowNs)} / ${formatClock(durationS * 1e9)}`
  return `${paint.bold(fitted(name, Math.max(1, columns - times.length)))}${fitted(times, columns)}`
}

export function resultTitle(result: RunResult): string {
  return `${result.name}: ${formatInteger(result.durationS * 1000)} ms measured`
}
