import { counted } from '#shared/counted.ts'
import type { HostLook, VmLook } from '#shared/host-look.ts'
import { type HostRow, hostRows, percent, type SortKey } from '#shared/host-rows.ts'
import { boundsWords } from '#shared/latency-words.ts'
import type { LatencyBounds } from '#shared/snapshot.ts'
import { formatBps, formatDurationNs, formatIops } from '#shared/units.ts'
import { printableName } from './printable.ts'
import type { Paint } from './terminal.ts'

// A host as lines of text, the noisiest VM on top. What is estimated bears ≈, what is not known –.

/** Where a VM has latency histograms. */
const P99: readonly [string, number] = ['p99 r · w', 31]
const COLUMNS: readonly (readonly [string, number])[] = [
  ['share', 7],
  ['IOPS', 9],
  ['bandwidth', 13],
  ['of its limit', 22],
  ['mean r · w', 17],
  ['≈ held', 8],
  ['≈ full in', 10],
]

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
  const shape = { width, used: hasP99 ? [...COLUMNS, P99] : COLUMNS }
  const head = `${'VM'.padEnd(width)}${shape.used.map(([name, size]) => name.padStart(size)).join('')}  drift, state`
  return [
    paint.bold(titleOf(look).slice(0, columns)),
    ...look.problems.map((text) => paint.warn(printableName(text).slice(0, columns))),
    paint.dim(head.slice(0, columns)),
    ...shown.map((row) => painted(row, lineOf(row, shape).slice(0, columns), paint)),
    ...(left > 0 ? [paint.dim(`… ${left} more`)] : []),
  ]
}

interface Shape {
  /** Of the names. */
  readonly width: number
  readonly used: readonly (readonly [string, number])[]
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
  const cut = name.length > width - 2 ? `${name.slice(0, width - 3)}…` : name
  return `${cut.padEnd(width)}${used.map(([, size], index) => (cells[index] ?? '').padStart(size)).join('')}  ${noteOf(vm)}`
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
