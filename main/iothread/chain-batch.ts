import { hasGranted } from '#main/throttle/member-table.ts'
import type { DirectionIndex } from '#main/throttle/throttle-memory.ts'
import type { Arriving } from './arriving.ts'
import type { IothreadThrottle } from './iothread-throttle.ts'
import type { SubmitBatch } from './submit-batch.ts'

/**
 * A request of a device arrives at a level of its chain, of which `levels` are the members. True: it goes there and at all
 * that follow, now. False: it waits at one.
 */
export function interceptChain(
  throttle: IothreadThrottle,
  levels: readonly number[],
  { level, direction, bytes }: Arriving,
  nowNs: number,
): boolean {
  for (let at = level; at < levels.length; at += 1) {
    if (!throttle.intercept(levels[at]!, direction, bytes, nowNs, levels[at - 1])) return false // within the chain
  }
  return true
}

/**
 * `IothreadThrottle.interceptBatch` for a device of several levels: how many of the batch's first requests go at all of them;
 * of those behind, `goes[i]` says whether they do. While nobody waits at a level, that costs one hold of its lock.
 */
export function interceptChainBatch(
  throttle: IothreadThrottle,
  levels: readonly number[],
  batch: SubmitBatch,
  nowNs: number,
): number {
  const { count, directions, sizesBytes, goes, first, mask } = batch
  const goneAt: number[] = []
  for (const [level, member] of levels.entries()) {
    const outer = level === 0 ? -1 : levels[level - 1]!
    const isBehind = outer !== -1 && hasGranted(throttle.memory, outer)
    batch.count = isBehind || batch.count === 0 ? 0 : throttle.accountWhileQuiet(member, batch, nowNs)
    goneAt.push(batch.count)
  }
  const going = batch.count
  batch.count = count
  // The others one by one, the oldest first: those that came far arrive at the level where the batch stopped them.
  let index = going
  for (let level = levels.length - 1; level >= 0; level -= 1) {
    const end = level === 0 ? count : goneAt[level - 1]!
    for (; index < end; index += 1) {
      const row = (first + index) & mask
      const direction: DirectionIndex = directions[row] === 0 ? 0 : 1
      const bytes = sizesBytes[row]!
      goes[index] = interceptChain(throttle, levels, { level, direction, bytes }, nowNs) ? 1 : 0
    }
  }
  return going
}
