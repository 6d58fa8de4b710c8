import { counted } from '#shared/counted.ts'
import type { HostLook, VmLook } from '#shared/host-look.ts'
import { type HostRow, hostRows, percent, type SortKey } from '#shared/host-rows.ts'
import { boundsWords } from '#shared/latency-words.ts'
import type { LatencyBounds } from '#shared/snapshot.ts'
import { formatBps, formatDurationNs, formatIops } from '#shared/units.ts'
import { type Column, columnsThatFit, fitted } from './fit.ts'
import { printableName } from './printable.ts'
import type { Paint } from './terminal.ts'

// A host as lines of text, the noisiest VM on top. What is estimated bears ≈, what is not known –.

/** Where a VM has latency histograms. */
const P99: Figure = { name: 'p99 r · w', width: 31, cell: 7 }
const COLUMNS: readonly Figure[] = [
  { name: 'share', width: 7, sortKey: 'share' },
  { name: 'IOPS', width: 9, sortKey: 'iops' },
  { name: 'bandwidth', width: 13, sortKey: 'bps' },
  { name: 'of its limit', width: 22, sortKey: 'limit' },
  { name: 'mean r · w', width: 17, sortKey: 'wait' },
  { name: '≈ held', width: 8, sortKey: 'throttled' },
  { name: '≈ full in', width: 10 },
].map((column, cell) => ({ ...column, cell }) as Figure)
/** Where a terminal is narrow, in this order: what the table is sorted by, IOPS and why a VM says nothing stay longest. */
const GIVE_UP = ['share', 'bandwidth', '≈ full in', 'p99 r · w', 'mean r · w', 'of its limit', '≈ held']
/** Room for `drift, state`, or for what is longest there. */
const LEAST_NOTE = 12
const MOST_NOTE = 24

interface Figure extends Column {
  /** Its place among a row's cells. */
  readonly cell: number
  readonly sortKey?: SortKey
}

export function topLines(
  look: HostLook,
  key: SortKey,
  page: { readonly paint: Paint; readonly columns: number; readonly rows: number },
): readonly string[] {
  const { paint, columns } = page
  const rows = hostRows(look, key)
  const width = Math.min(32, Math.max(12, ...rows.map(({ vm }) => printableName(vm.name).length + 2)))
  const shown = rows.slice(0, Math.max(1, page.rows - 4 - look.problems.length))
  const left = rows.length - shown.length
  const hasP99 = look.vms.some((vm) => vm.disks.some((disk) => disk.histograms !== undefined))
  const noteRoom = Math.min(MOST_NOTE, Math.max(LEAST_NOTE, ...shown.map(({ vm }) => noteOf(vm).length)))
  const all = hasP99 ? [...COLUMNS, P99] : COLUMNS
  const sorted = all.find(({ sortKey }) => sortKey === key)?.name
  const giveUp = GIVE_UP.filter((name) => name !== sorted)
  const shape = { width, used: columnsThatFit(all, columns - width - 2 - noteRoom, giveUp) }
  const names = shape.used.map(({ name, width: size }) => name.padStart(size)).join('')
  return [
    paint.bold(fitted(titleOf(look), columns)),
    ...look.problems.map((text) => paint.warn(fitted(printableName(text), columns))),
    paint.dim(fitted(`${'VM'.padEnd(width)}${names}  drift, state`, columns)),
    ...shown.map((row) => painted(row, fitted(lineOf(row, shape), columns), paint)),
    ...(left > 0 ? [paint.dim(`… ${left} more`)] : []),
  ]
}

interface Shape {
  /** Of the names. */
  readonly width: number
  readonly used: readonly Figure[]
}

function lineOf(row: HostRow, { width, used }: Shape): string {
  const { vm } = row
  const name = printableName(vm.name)
  const cells = [
    percent(row.share),
    vm.iops === null ? '–' : formatIops(vm.iops),
    vm.bps === null ? '–' : formatBps(vm.bps),
    row.limit,
    row.readMeanNs === null && row.writeMeanNs === null ? '–' : `${time(row.readMeanNs)} · ${time(row.writeMeanNs)}`,
    percent(row.throttledShare),
    time(row.headroomNs),
    row.readP99 === null && row.writeP99 === null ? '–' : `${bounds(row.readP99)} · ${bounds(row.writeP99)}`,
  ]
  const figures = used.map(({ cell, width: size }) => (cells[cell] ?? '').padStart(size)).join('')
  return `${fitted(name, width - 2).padEnd(width)}${figures}  ${noteOf(vm)}`
}

function noteOf(vm: VmLook): string {
  const drift = vm.drift === null || vm.drift.length === 0 ? [] : [`≠ ${vm.drift.length}`]
  const state = vm.state === 'running' ? [] : [vm.problem === null ? vm.state : `${vm.state}: ${vm.problem}`]
  return printableName([...drift, ...state].join(' · '))
}

function painted({ vm, throttledShare }: HostRow, line: string, paint: Paint): string {
  if (!vm.up) return vm.state === 'silent' || vm.state === 'ended' ? paint.bad(line) : paint.dim(line)
  return throttledShare !== null && throttledShare > 0.5 ? paint.warn(line) : line
}

function titleOf(look: HostLook): string {
  const up = look.vms.filter((vm) => vm.up)
  const sum = (of: (vm: VmLook) => number | null) => up.reduce((total, vm) => total + (of(vm) ?? 0), 0)
  const held = up.filter((vm) => vm.groups.some((group) => group.buckets.some((bucket) => bucket.atLimit))).length
  const count = `${up.length} of ${counted(look.vms.length, 'VM')}`
  const rates = `${formatIops(sum((vm) => vm.iops))} IOPS · ${formatBps(sum((vm) => vm.bps))}`
  return `${printableName(look.host)} · ${count} · ${rates} · ${held} at a limit`
}

function time(ns: number | null): string {
  return ns === null ? '–' : formatDurationNs(ns)
}

function bounds(found: LatencyBounds | null): string {
  return found === null ? '–' : boundsWords(found)
}
