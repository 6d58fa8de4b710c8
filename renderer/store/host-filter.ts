import { type HostLook, PAST_LIMIT, type VmLook } from '#shared/host-look.ts'
import { type AlarmsOfVms, type HostRow, hostRows, type SortKey } from '#shared/host-rows.ts'
import type { ByteUnits } from '#shared/units.ts'

// Which VMs of a host the table shows, and in which order.

/** Which VMs the table leaves, and what each filter is called. */
export const HOST_FILTERS = [
  ['all', 'All'],
  ['held', 'At a limit'],
  ['bursting', 'Bursting'],
  ['drifting', 'Drifting'],
  ['alarms', 'Alarms'],
  ['problem', 'Not reached'],
] as const
export type HostFilter = (typeof HOST_FILTERS)[number][0]

export interface HostView {
  readonly sort: SortKey
  readonly filter: HostFilter
  readonly text: string
  /** Quiet VMs are rows, too. */
  readonly isQuietOpen: boolean
}

export function shownRows(
  look: HostLook,
  { sort, filter, text }: Omit<HostView, 'isQuietOpen'>,
  about: { readonly units: ByteUnits; readonly alarms: AlarmsOfVms },
): readonly HostRow[] {
  const wanted = text.trim().toLowerCase()
  return hostRows(look, sort, about).filter(
    ({ vm }) =>
      FILTERS[filter](vm, about.alarms) &&
      (wanted === '' || vm.name.toLowerCase().includes(wanted) || (vm.title ?? '').toLowerCase().includes(wanted)),
  )
}

/** The filters that can leave a VM: where only QEMU has the limits, nothing can drift from them. */
export function usefulFilters({ vms }: HostLook, chosen: HostFilter): readonly (typeof HOST_FILTERS)[number][] {
  const isUseful = chosen === 'drifting' || vms.some(({ drift }) => drift !== null)
  return HOST_FILTERS.filter(([filter]) => filter !== 'drifting' || isUseful)
}

export function countOf({ vms }: HostLook, filter: HostFilter, alarms: AlarmsOfVms): number {
  return vms.filter((vm) => FILTERS[filter](vm, alarms)).length
}

const FILTERS: Readonly<Record<HostFilter, (vm: VmLook, alarms: AlarmsOfVms) => boolean>> = {
  all: () => true,
  held: (vm) => vm.groups.some((group) => group.buckets.some((bucket) => bucket.atLimit === true)),
  bursting: (vm) => vm.groups.some((group) => group.buckets.some(({ share }) => share !== null && share > PAST_LIMIT)),
  drifting: (vm) => vm.drift !== null && vm.drift.length > 0,
  alarms: (vm, alarms) => alarms.has(vm.id),
  problem: (vm) => vm.problem !== null,
}

/** The row that the arrow keys go to from `id`; the ends stay the ends. */
export function stepRow(rows: readonly HostRow[], id: string | null, step: 1 | -1): string | null {
  const at = rows.findIndex(({ vm }) => vm.id === id)
  if (at < 0) return rows[0]?.vm.id ?? null
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.vm.id ?? null
}

/** In the order of the columns. */
export const SORT_WORDS = {
  name: 'name',
  share: 'share',
  iops: 'IOPS',
  bps: 'bandwidth',
  limit: 'nearest limit',
  wait: 'mean latency',
  p99: 'p99',
  throttled: 'time throttled',
  alarms: 'alarms',
} as const satisfies Record<SortKey, string>

export function nextSort(rows: readonly HostRow[], sort: SortKey, step: 1 | -1): SortKey {
  const keys = (Object.keys(SORT_WORDS) as SortKey[]).filter((key) => key !== 'p99' || showsP99(rows, sort))
  return keys[(keys.indexOf(sort) + step + keys.length) % keys.length] ?? sort
}

/** Whether any VM has a latency histogram, or had one when it was chosen to sort by it. */
export function showsP99(rows: readonly HostRow[], sort: SortKey): boolean {
  return sort === 'p99' || rows.some(({ vm }) => vm.disks.some(({ histograms }) => histograms !== undefined))
}
