import { type HostLook, nearestLimit, type VmLook } from '#shared/host-look.ts'
import { formatLimit } from '#shared/throttle/words.ts'
import { formatBps, formatDurationNs, formatIops, formatShort } from '#shared/units.ts'
import { printableName } from './printable.ts'
import type { Paint } from './terminal.ts'

// A host as lines of text, the noisiest VM on top. What is estimated bears ≈, what is not known –.

export const SORT_KEYS = ['share', 'iops', 'bps', 'limit', 'wait', 'throttled', 'name'] as const
export type SortKey = (typeof SORT_KEYS)[number]

/** One VM's figures; null: not known. */
export interface TopRow {
  readonly vm: VmLook
  /** Of the host's IOPS or bandwidth, whichever is more, 0…1. */
  readonly share: number | null
  /** Of the limit that is nearest, 0…; null: no limit, or no rate yet. */
  readonly limitShare: number | null
  readonly limit: string
  readonly readMeanNs: number | null
  readonly writeMeanNs: number | null
  readonly throttledShare: number | null
  /** Until the first bucket is full; null: none fills. */
  readonly headroomNs: number | null
}

const COLUMNS: readonly (readonly [string, number])[] = [
  ['share', 7],
  ['IOPS', 9],
  ['bandwidth', 13],
  ['of its limit', 22],
  ['mean r · w', 17],
  ['≈ held', 8],
  ['≈ full in', 10],
]

export function topRows({ vms }: HostLook, key: SortKey): readonly TopRow[] {
  const total = (of: (vm: VmLook) => number | null) => vms.reduce((sum, vm) => sum + (of(vm) ?? 0), 0)
  const [iops, bps] = [total((vm) => vm.iops), total((vm) => vm.bps)]
  const rows = vms.map((vm) => rowOf(vm, { iops, bps }))
  const by = SORTERS[key]
  return [...rows].sort((a, b) => by(b) - by(a) || (a.vm.name < b.vm.name ? -1 : 1))
}

export function topLines(
  look: HostLook,
  key: SortKey,
  page: { readonly paint: Paint; readonly columns: number; readonly rows: number },
): readonly string[] {
  const { paint, columns } = page
  const rows = topRows(look, key)
  const width = Math.min(32, Math.max(12, ...rows.map(({ vm }) => printableName(vm.name).length + 2)))
  const shown = rows.slice(0, Math.max(1, page.rows - 4 - look.problems.length))
  const left = rows.length - shown.length
  const head = `${'VM'.padEnd(width)}${COLUMNS.map(([name, size]) => name.padStart(size)).join('')}  drift, state`
  return [
    paint.bold(titleOf(look).slice(0, columns)),
    ...look.problems.map((text) => paint.warn(printableName(text).slice(0, columns))),
    paint.dim(head.slice(0, columns)),
    ...shown.map((row) => painted(row, lineOf(row, width).slice(0, columns), paint)),
    ...(left > 0 ? [paint.dim(`… ${left} more`)] : []),
  ]
}

const SORTERS: Readonly<Record<SortKey, (row: TopRow) => number>> = {
  share: (row) => row.share ?? -1,
  iops: (row) => row.vm.iops ?? -1,
  bps: (row) => row.vm.bps ?? -1,
  limit: (row) => row.limitShare ?? -1,
  wait: (row) => Math.max(row.readMeanNs ?? -1, row.writeMeanNs ?? -1),
  throttled: (row) => row.throttledShare ?? -1,
  name: () => 0,
}

function rowOf(vm: VmLook, total: { readonly iops: number; readonly bps: number }): TopRow {
  const nearest = nearestLimit(vm)
  const of = (value: number | null, sum: number) => (value === null ? null : sum === 0 ? 0 : value / sum)
  const mean = (direction: 'read' | 'write') => {
    const flows = vm.disks.flatMap((disk) => disk[direction] ?? [])
    const weights = flows.map((flow) => (flow.latencyMeanNs === null ? 0 : (flow.iops ?? 0)))
    const sum = weights.reduce((all, weight) => all + weight, 0)
    if (sum === 0) return null
    return flows.reduce((all, flow, index) => all + (flow.latencyMeanNs ?? 0) * (weights[index] ?? 0), 0) / sum
  }
  const fills = vm.groups.flatMap((group) => group.buckets.flatMap((bucket) => bucket.level?.headroomNs ?? []))
  return {
    vm,
    share: greatest([of(vm.iops, total.iops), of(vm.bps, total.bps)]),
    limitShare: nearest?.bucket.share ?? null,
    limit: limitText(vm, nearest),
    readMeanNs: mean('read'),
    writeMeanNs: mean('write'),
    throttledShare: greatest(vm.groups.map((group) => group.throttledShare)),
    headroomNs: fills.length === 0 ? null : Math.min(...fills),
  }
}

function limitText(vm: VmLook, nearest: ReturnType<typeof nearestLimit>): string {
  if (nearest !== null) {
    const { bucket, avg, share } = nearest.bucket
    return `${percent(share)} of ${formatLimit(bucket, avg)}`
  }
  return vm.up && vm.groups.every((group) => group.limits !== null && group.buckets.length === 0) ? 'no limit' : '–'
}

function lineOf(row: TopRow, width: number): string {
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
  ]
  const cut = name.length > width - 2 ? `${name.slice(0, width - 3)}…` : name
  return `${cut.padEnd(width)}${cells.map((text, index) => text.padStart(COLUMNS[index]?.[1] ?? 0)).join('')}  ${noteOf(vm)}`
}

function noteOf(vm: VmLook): string {
  const drift = vm.drift === null || vm.drift.length === 0 ? [] : [`≠ ${vm.drift.length}`]
  const state = vm.state === 'running' ? [] : [vm.problem === null ? vm.state : `${vm.state}: ${vm.problem}`]
  return printableName([...drift, ...state].join(' · '))
}

function painted({ vm, throttledShare }: TopRow, line: string, paint: Paint): string {
  if (!vm.up) return vm.state === 'silent' || vm.state === 'ended' ? paint.bad(line) : paint.dim(line)
  return throttledShare !== null && throttledShare > 0.5 ? paint.warn(line) : line
}

function titleOf(look: HostLook): string {
  const up = look.vms.filter((vm) => vm.up)
  const sum = (of: (vm: VmLook) => number | null) => up.reduce((total, vm) => total + (of(vm) ?? 0), 0)
  const held = up.filter((vm) => vm.groups.some((group) => group.buckets.some((bucket) => bucket.atLimit))).length
  const count = `${up.length} of ${look.vms.length} VMs`
  const rates = `${formatIops(sum((vm) => vm.iops))} IOPS · ${formatBps(sum((vm) => vm.bps))}`
  return `${printableName(look.host)} · ${count} · ${rates} · ${held} at a limit`
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? [])
  return known.length === 0 ? null : Math.max(...known)
}

function percent(share: number | null): string {
  return share === null ? '–' : `${formatShort(Math.round(share * 100))} %`
}

function time(ns: number | null): string {
  return ns === null ? '–' : formatDurationNs(ns)
}
