import type { DiskLook, VmLook } from '#shared/host-look.ts'
import type { HostRow } from '#shared/host-rows.ts'
import { boundsWords } from '#shared/latency-words.ts'
import type { LatencyPercentiles } from '#shared/snapshot.ts'
import { DIRECTIONS, type Direction } from '#shared/throttle/limits.ts'

// What latency histograms tell of a VM. They are Weir's, set when somebody asks for percentiles, or another tool's.

export interface MeasuredFlow {
  readonly disk: string
  readonly direction: Direction
  readonly latency: LatencyPercentiles
}

/** `400–500 ms`, of its slower direction; `–`: no request was completed, or nothing measures it. */
export function p99Words({ readP99, writeP99 }: HostRow): string {
  const slower = readP99 !== null && writeP99 !== null && writeP99.fromNs <= readP99.fromNs ? readP99 : null
  const shown = slower ?? writeP99 ?? readP99
  return shown === null ? '–' : boundsWords(shown)
}

/** undefined: nothing measures it. */
export function p99Title({ vm, readP99, writeP99 }: HostRow): string | undefined {
  const whose = ownersOf(vm)
  if (whose === null) return undefined
  const figures = [readP99 && `reads ${boundsWords(readP99)}`, writeP99 && `writes ${boundsWords(writeP99)}`]
  const known = figures.filter((words) => words !== null)
  return `p99 of its slowest disk: ${known.length === 0 ? 'no requests' : known.join(', ')}. ${whose}`
}

/** Whose histograms they are, in a sentence; null: it has none. */
export function ownersOf({ disks }: Pick<VmLook, 'disks'>): string | null {
  const [weirs, others] = [disksOf(disks, 'weir'), disksOf(disks, 'other')]
  if (weirs.length === 0 && others.length === 0) return null
  const own = 'By latency histograms that Weir has set in the VM'
  const theirs = 'that another tool has set in the VM'
  const whose =
    others.length === 0
      ? own
      : weirs.length === 0
        ? `By latency histograms ${theirs}`
        : `${own}, and by that of ${others.join(', ')} ${theirs}`
  return `${whose}, of the last ten seconds.`
}

function disksOf(disks: readonly DiskLook[], owner: 'weir' | 'other'): readonly string[] {
  return disks.filter(({ histograms }) => histograms === owner).map(({ id }) => id)
}

/** Whether others see something in the VM that Weir has set. */
export function hasWeirs({ disks }: Pick<VmLook, 'disks'>): boolean {
  return disks.some(({ histograms }) => histograms === 'weir')
}

/** Of what requests were completed lately. */
export function measuredFlows(disks: readonly DiskLook[]): readonly MeasuredFlow[] {
  return disks.flatMap((disk) =>
    DIRECTIONS.flatMap((direction) => {
      const latency = disk[direction]?.latency
      return latency == null ? [] : [{ disk: disk.id, direction, latency }]
    }),
  )
}
