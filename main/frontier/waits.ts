import { shortBurstUnits } from '#shared/throttle/counting.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Arrivals } from './arrivals.ts'

// What each request waits for at one bucket of one device, as QEMU does it to the nanosecond: a queue and a timer for
// reads and one for writes, waits cut to whole ns, a timer that lets its request go whatever has happened since.
// Requests come whatever happens; several devices in a group, or several buckets, are for the simulator.

/** One bucket's limits: units a second, units a second (0: no burst), seconds. */
export interface BucketLimit {
  readonly avg: number
  readonly max: number
  readonly lengthS: number
}

/** Ns that each request waits, in the order of the arrivals. */
export function waitsAt(arrivals: Arrivals, limit: BucketLimit): Float64Array {
  return new WaitRun(arrivals, limit).run()
}

const IDLE = Number.POSITIVE_INFINITY

class WaitRun {
  readonly #arrivals: Arrivals
  readonly #limit: BucketLimit
  readonly #size: number
  readonly #burstSize: number
  readonly #waitsNs: Float64Array
  #level = 0
  #burst = 0
  #stampNs = 0
  /** Per direction: when the armed timer fires, and the requests (by index) that have come and not gone. */
  readonly #firesNs = [IDLE, IDLE]
  readonly #queues: readonly [Int32Array, Int32Array]
  readonly #heads = [0, 0]
  readonly #tails = [0, 0]
  /** The direction armed first fires first where both are due at one moment. */
  #armedFirst: 0 | 1 = 0

  constructor(arrivals: Arrivals, limit: BucketLimit) {
    this.#arrivals = arrivals
    this.#limit = limit
    this.#size = limit.max > 0 ? limit.max * limit.lengthS : shortBurstUnits(limit.avg)
    this.#burstSize = limit.lengthS > 1 ? shortBurstUnits(limit.max) : IDLE
    this.#waitsNs = new Float64Array(arrivals.count)
    this.#queues = [new Int32Array(arrivals.count), new Int32Array(arrivals.count)]
    this.#stampNs = arrivals.timesNs[0] ?? 0
  }

  run(): Float64Array {
    const { count, timesNs } = this.#arrivals
    for (let index = 0; index < count; index += 1) {
      this.#fireUntil(timesNs[index]!)
      this.#arrive(index)
    }
    this.#fireUntil(Number.MAX_VALUE)
    return this.#waitsNs
  }

  #fireUntil(untilNs: number): void {
    for (;;) {
      const [read, write] = this.#firesNs as [number, number]
      const direction = read === write ? this.#armedFirst : read < write ? 0 : 1
      const nowNs = this.#firesNs[direction]!
      if (nowNs > untilNs) return
      this.#firesNs[direction] = IDLE
      this.#goFirst(direction, nowNs)
      while (this.#heads[direction]! < this.#tails[direction]! && !this.#mustWait(direction, nowNs)) {
        this.#goFirst(direction, nowNs)
      }
    }
  }

  #arrive(index: number): void {
    const { timesNs, units, directions } = this.#arrivals
    const direction = directions[index] as 0 | 1 // as Arrivals says
    if (this.#firesNs[direction] === IDLE && !this.#mustWait(direction, timesNs[index]!)) {
      this.#charge(units[index]!)
      return
    }
    this.#queues[direction][this.#tails[direction]!] = index
    this.#tails[direction]! += 1
  }

  #goFirst(direction: 0 | 1, nowNs: number): void {
    const index = this.#queues[direction][this.#heads[direction]!]!
    this.#heads[direction]! += 1
    this.#waitsNs[index] = nowNs - this.#arrivals.timesNs[index]!
    this.#charge(this.#arrivals.units[index]!)
  }

  #charge(units: number): void {
    this.#level += units
    if (this.#limit.lengthS > 1) this.#burst += units
  }

  /** Arms the direction's timer if the bucket is too full now. */
  #mustWait(direction: 0 | 1, nowNs: number): boolean {
    const waitNs = this.#waitNs(nowNs)
    if (waitNs === 0) return false
    if (this.#firesNs[1 - direction] === IDLE) this.#armedFirst = direction
    else this.#armedFirst = direction === 0 ? 1 : 0
    this.#firesNs[direction] = nowNs + waitNs
    return true
  }

  #waitNs(nowNs: number): number {
    const { avg, max } = this.#limit
    const deltaNs = nowNs - this.#stampNs
    this.#stampNs = nowNs
    this.#level = Math.max(0, this.#level - (avg * deltaNs) / NS_PER_S)
    this.#burst = Math.max(0, this.#burst - (max * deltaNs) / NS_PER_S)
    if (this.#level > this.#size) return Math.floor(((this.#level - this.#size) * NS_PER_S) / avg)
    if (this.#burst > this.#burstSize) return Math.floor(((this.#burst - this.#burstSize) * NS_PER_S) / max)
    return 0
  }
}
