import type { HostState } from '#shared/host-look.ts'
import type { HostRow } from '#shared/host-rows.ts'

// VMs that do next to nothing are folded under one line of the table, so that of hundreds those stay in sight that matter.
// Never those of which something is to be said: they are selected, at a limit, in alarm, drifting, not reached, stopped
// otherwise than paused, lifted, or somebody works on them.

export const QUIET_IOPS = 1
/** On average over so many looks, one a second: who does one request every two seconds does none in most of them. */
const QUIET_LOOKS = 30
/** Before, nobody knows whether a VM is quiet. */
const KNOWN_LOOKS = 5
/** Fewer are in nobody's way. */
const FEWEST = 5

/** The line under which quiet VMs are. */
export interface Fold {
  /** Its place: so many rows stand above it. */
  readonly at: number
  readonly count: number
  /** Of all of them together. */
  readonly iops: number
  readonly bps: number
  readonly isOpen: boolean
}

interface About {
  readonly host: HostState
  readonly isOpen: boolean
  /** Id of the VM that is selected; null: none is. */
  readonly selected: string | null
  /** The IOPS of a VM look by look, the newest last; NaN: not known. */
  readonly iopsOf: (id: string) => Float32Array | null
}

/** The rows that stand in the table, quiet ones behind all others or nowhere, each kind in the order of `rows`. */
export function foldQuiet(
  rows: readonly HostRow[],
  about: About,
): { readonly rows: readonly HostRow[]; readonly fold: Fold | null } {
  const quiet = new Set(rows.filter((row) => isQuiet(row, about)))
  // Nothing else to show: what is quiet is what there is.
  const isAll = rows.every((row) => isQuiet(row, { ...about, selected: null }))
  if (quiet.size < FEWEST || isAll) return { rows, fold: null }
  const busy = rows.filter((row) => !quiet.has(row))
  const sum = (key: 'iops' | 'bps') => [...quiet].reduce((all, { vm }) => all + (vm[key] ?? 0), 0)
  const fold = { at: busy.length, count: quiet.size, iops: sum('iops'), bps: sum('bps'), isOpen: about.isOpen }
  return { rows: about.isOpen ? [...busy, ...quiet] : busy, fold }
}

function isQuiet({ vm, alarms }: HostRow, { host, isOpen, selected, iopsOf }: About): boolean {
  if (vm.state !== 'running' && vm.state !== 'paused') return false
  // While the line is open a click does not take a row from under the pointer.
  if (vm.id === selected && !isOpen) return false
  const isAtLimit = vm.groups.some(({ buckets }) => buckets.some(({ atLimit }) => atLimit === true))
  if (isAtLimit || alarms.length > 0 || (vm.drift ?? []).length > 0 || vm.problem !== null) return false
  const isWorkedOn = host.lifts[vm.id] !== undefined || host.histograms[vm.id]?.isOn === true
  if (isWorkedOn || (vm.jobs ?? []).length > 0) return false
  const known = iopsOf(vm.id)
    ?.slice(-QUIET_LOOKS)
    .filter((iops) => !Number.isNaN(iops))
  if (known === undefined || known.length < KNOWN_LOOKS) return false
  return known.reduce((sum, iops) => sum + iops, 0) / known.length < QUIET_IOPS
}
