import type { SortKey } from '#shared/host-rows.ts'

// What stands over each column of the table of VMs.

export interface HostColumn {
  readonly label: string
  /** null: nothing to sort by. */
  readonly key: SortKey | null
  readonly title?: string
  readonly isNumber?: boolean
  /** Where there is little room it is left out. */
  readonly isExtra?: boolean
}

const P99: HostColumn = {
  label: 'p99',
  key: 'p99',
  title: 'p99 of the latency of its slowest disk, measured by a latency histogram; the menu of a VM sets them',
  isNumber: true,
}

const BEFORE_P99: readonly HostColumn[] = [
  { label: 'VM', key: 'name' },
  { label: 'Share', key: 'share', title: "Of the host's IOPS or bandwidth, whichever is larger", isNumber: true },
  { label: 'Last 5 min', key: null, title: 'IOPS', isExtra: true },
  { label: 'IOPS', key: 'iops', isNumber: true },
  { label: 'Bandwidth', key: 'bps', isNumber: true },
  { label: 'Nearest limit', key: 'limit', title: 'Use of the limit that is nearest to full' },
  { label: 'Mean r · w', key: 'wait', title: 'Mean latency of reads and of writes, as measured', isNumber: true },
]

const AFTER_P99: readonly HostColumn[] = [
  {
    label: '≈ Throttled',
    key: 'throttled',
    title: 'Estimated share of the time in which a request waited',
    isNumber: true,
  },
  {
    label: '≈ Full in',
    key: null,
    title: 'Estimated time until the first bucket is full',
    isNumber: true,
    isExtra: true,
  },
  {
    label: 'Drift, alarms',
    key: 'alarms',
    title: 'Alarms as in the bar of a VM, whose menu, Alarms…, sets the thresholds; by their number',
  },
]

/** `hasP99`: with the column of percentiles, which only some hosts have. */
export function hostColumns({ hasP99 }: { readonly hasP99: boolean }): readonly HostColumn[] {
  return hasP99 ? [...BEFORE_P99, P99, ...AFTER_P99] : [...BEFORE_P99, ...AFTER_P99]
}
