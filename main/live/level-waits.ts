import type { LevelSnapshot } from '#shared/snapshot.ts'
import { DIRECTIONS, type Direction } from '#shared/throttle/limits.ts'

// Where in its chain a disk waits. QEMU counts one time for a whole request; a level whose buckets had room all the while
// held nobody, so where one level alone had none, the whole wait arose there. Where several had none, nobody can tell.

export interface LevelRoom {
  readonly group: string
  /** Whether no request of a direction can have waited at this level in the look. */
  readonly hasRoom: Readonly<Record<Direction, boolean>>
}

export interface LookedWaits {
  readonly requests: Readonly<Record<Direction, number>>
  /** Mean wait of the look's requests at all levels together; null: not known. */
  readonly waitMeanNs: Readonly<Record<Direction, number | null>>
}

/** The levels of a chain as a snapshot has them. Queues cannot be known. */
export function levelSnapshots(rooms: readonly LevelRoom[], waits: LookedWaits): readonly LevelSnapshot[] {
  return rooms.map(({ group }, level) => ({
    group,
    queued: null,
    waitMeanNs: meanAt(rooms, level, waits),
    throttledShare: null,
  }))
}

function meanAt(rooms: readonly LevelRoom[], level: number, { requests, waitMeanNs }: LookedWaits): number | null {
  const flows = DIRECTIONS.filter((direction) => requests[direction] > 0)
  const sums = flows.map((direction) => {
    const mean = waitIn(rooms, level, direction, waitMeanNs[direction])
    return mean === null ? null : mean * requests[direction]
  })
  if (flows.length === 0 || sums.some((sum) => sum === null)) return null
  const total = sums.reduce<number>((sum, each) => sum + (each ?? 0), 0)
  return total / flows.reduce((sum, direction) => sum + requests[direction], 0)
}

function waitIn(rooms: readonly LevelRoom[], level: number, direction: Direction, whole: number | null): number | null {
  const full = rooms.filter(({ hasRoom }) => !hasRoom[direction])
  if (rooms[level]?.hasRoom[direction] === true) return 0
  return full.length === 1 ? whole : null
}
