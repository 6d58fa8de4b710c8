// How long the requests of an interval took, as a cell of a recording: the bins of QEMU's histogram that any of them came
// into, `from-to:count` in ns, a space between two: `100000-125893:12 125893-158489:3`. What lies beyond the last boundary
// is `from-:count`. Each bin names both its ends, so that the empty ones need not be written.

export interface LatencyBin {
  readonly fromNs: number
  /** null: beyond the last boundary. */
  readonly toNs: number | null
  readonly count: number
}

/** Of one interval, waits in the throttle included; null: it was not counted. */
export interface IntervalLatency {
  readonly read: readonly LatencyBin[] | null
  readonly write: readonly LatencyBin[] | null
}

export const NO_LATENCY: IntervalLatency = { read: null, write: null }

export const LATENCY_CELL = 'from-to:count in ns with a space between two, as 100000-125893:12 125893-158489:3'

/** '' where nothing was counted, too. */
export function latencyCell(bins: readonly LatencyBin[] | null): string {
  return (bins ?? []).map(({ fromNs, toNs, count }) => `${fromNs}-${toNs ?? ''}:${count}`).join(' ')
}

const BIN = /^(\d{1,16})-(\d{0,16}):(\d{1,16})$/

/** 'damaged': it is no such cell. */
export function parseLatencyCell(cell: string): readonly LatencyBin[] | null | 'damaged' {
  const text = cell.trim()
  if (text === '') return null
  const bins: LatencyBin[] = []
  for (const part of text.split(' ')) {
    const bin = parseBin(part)
    if (bin === null || bin.fromNs < (bins.at(-1)?.toNs ?? 0) || bins.at(-1)?.toNs === null) return 'damaged'
    bins.push(bin)
  }
  return bins
}

function parseBin(part: string): LatencyBin | null {
  const [, from, to, counted] = BIN.exec(part) ?? []
  if (from === undefined || to === undefined) return null
  const [fromNs, toNs, count] = [Number(from), to === '' ? null : Number(to), Number(counted)]
  const isRight = Number.isSafeInteger(count) && count > 0 && (toNs === null || toNs > fromNs)
  return isRight ? { fromNs, toNs, count } : null
}
