import type { Totals } from './replay-answer.ts'
import type { Scenario } from './scenario.ts'

/** One direction of one device: what was submitted, what is done. First in, first out, so the n-th done is the n-th. */
export interface Flow {
  readonly sizesBytes: number[]
  readonly doneNs: number[]
  /** Per filter: how many have met it. */
  readonly metFilter: number[]
}

export function newFlow(filters: number): Flow {
  return { sizesBytes: [], doneNs: [], metFilter: Array.from({ length: filters }, () => 0) }
}

export function totalsOf(read: Flow, write: Flow): Totals {
  return {
    rd_operations: read.doneNs.length,
    rd_bytes: bytesDone(read),
    wr_operations: write.doneNs.length,
    wr_bytes: bytesDone(write),
  }
}

function bytesDone({ sizesBytes, doneNs }: Flow): number {
  return sizesBytes.slice(0, doneNs.length).reduce((sum, bytes) => sum + bytes, 0)
}

/** How many requests of one direction a device gets at the most. */
export function mostRequestsOfAFlow({ events }: Scenario): number {
  const counts = new Map<string, number>()
  for (const event of events) {
    if (event.kind !== 'io') continue
    const flow = `${event.op} ${event.device}`
    counts.set(flow, (counts.get(flow) ?? 0) + event.count)
  }
  return Math.max(1, ...counts.values())
}
