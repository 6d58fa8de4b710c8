import { memberPending } from '#main/throttle/member-table.ts'
import { queuedNs, throttledNs } from '#main/throttle/sample-throttle.ts'
import { READ, type ThrottleMemory, WRITE } from '#main/throttle/throttle-memory.ts'
import type { LevelSnapshot } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'

/** As long as a wait is looked back at. */
const SPAN_NS = NS_PER_S

interface Point {
  readonly nowNs: number
  readonly queuedNs: number
  readonly requests: number
}

/**
 * One level of a device's chain. The mean wait follows from how much longer its requests have waited together since a
 * second ago, and how many were done since: it is measured, without a time kept for each request.
 */
export class LevelSampler {
  readonly member: number
  readonly #throttle: ThrottleMemory
  #throttledNs: number
  /** Of the last second, the oldest first. */
  #points: Point[] = []

  /** What happened before `nowNs` is not looked at. */
  constructor(throttle: ThrottleMemory, member: number, nowNs: number) {
    this.#throttle = throttle
    this.member = member
    this.#throttledNs = throttledNs(throttle, member, nowNs)
  }

  /** `requests`: all that the device has done by now. */
  sample(
    group: string,
    at: { readonly nowNs: number; readonly spanNs: number; readonly requests: number },
  ): LevelSnapshot {
    const { nowNs, spanNs, requests } = at
    const slowedNs = throttledNs(this.#throttle, this.member, nowNs)
    const throttledShare = spanNs > 0 ? Math.min(1, Math.max(0, (slowedNs - this.#throttledNs) / spanNs)) : 0
    this.#throttledNs = slowedNs
    const point: Point = { nowNs, queuedNs: queuedNs(this.#throttle, this.member, nowNs), requests }
    this.#points = [...this.#points.filter((each) => each.nowNs >= nowNs - SPAN_NS && each.nowNs <= nowNs), point]
    const first = this.#points[0] ?? point
    const done = point.requests - first.requests
    return {
      group,
      queued: memberPending(this.#throttle, this.member, READ) + memberPending(this.#throttle, this.member, WRITE),
      waitMeanNs: done > 0 ? Math.max(0, point.queuedNs - first.queuedNs) / done : null,
      throttledShare,
    }
  }
}
