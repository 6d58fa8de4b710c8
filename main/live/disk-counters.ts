import type { Counters } from '#main/qmp/qmp-views.ts'
import type { FlowSnapshot, FlushSnapshot } from '#shared/snapshot.ts'
import { DIRECTIONS, type Direction } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { FlowDelta, KeptCounters } from './kept-counters.ts'
import { LatencyWindow } from './latency/latency-window.ts'
import type { LookedWaits } from './level-waits.ts'
import type { Passed } from './poured.ts'
import { RecentFlow } from './recent-flow.ts'
import { WaitBaseline } from './wait-baseline.ts'

// One disk's counters from look to look: what was done between them, in total, and how long it took.

const FLOWS = ['read', 'write', 'flush'] as const
type Flow = (typeof FLOWS)[number]

export class DiskCounters {
  readonly #last = new KeptCounters()
  /** The latest look had counters: they are in `#last`. */
  #hasLast = false
  /** `#last` is from before a gap: good to see a restart by, not to count from. */
  #isStale = false
  #elapsedNs = 0
  #isCounted = false
  readonly #deltas = { read: new FlowDelta(), write: new FlowDelta(), flush: new FlowDelta() }
  #total = { read: { requests: 0, bytes: 0 }, write: { requests: 0, bytes: 0 } }
  /** null: not known. */
  #failed: Record<Flow, number | null> = { read: 0, write: 0, flush: 0 }
  readonly #recent = { read: new RecentFlow(), write: new RecentFlow(), flush: new RecentFlow() }
  readonly #baseline = { read: new WaitBaseline(), write: new WaitBaseline() }
  readonly #latency = { read: new LatencyWindow(), write: new LatencyWindow() }
  #waits: Record<Direction, number | null> = { read: null, write: null }

  /** Takes the counters of a look, null: there are none. Tells whether they began again: the VM was restarted. */
  advance(now: Counters | null, elapsedNs: number): 'restarted' | 'went on' {
    const last = this.#seen
    const counts = !this.#isStale
    if (now?.histograms !== undefined || (last !== null && last.owner !== null)) {
      for (const direction of DIRECTIONS) this.#latency[direction].see(now?.histograms?.[direction] ?? null, elapsedNs)
    }
    this.#hasLast = now !== null
    this.#isCounted = now !== null && (last !== null || elapsedNs === 0)
    if (now !== null) for (const flow of FLOWS) if (now[flow].failed === null) this.#failed[flow] = null
    this.#elapsedNs = elapsedNs
    this.#isStale = false
    for (const flow of FLOWS) this.#deltas[flow].clear()
    if (now === null) return 'went on'
    const isRestarted = last !== null && FLOWS.some((flow) => now[flow].operations < last[flow].operations)
    if (last !== null && counts && !isRestarted) this.#count(last, now)
    this.#last.take(now)
    if (!isRestarted) return 'went on'
    this.forget()
    this.#isStale = false
    return 'restarted'
  }

  /** Whether its rates are known: the look had counters of it, and so had the one before, if there was one. */
  get isCounted(): boolean {
    return this.#isCounted
  }

  /** Nothing is known of the time until the next look. */
  forget(): void {
    this.#isStale = true
    for (const flow of FLOWS) this.#recent[flow].clear()
    for (const direction of DIRECTIONS) {
      this.#baseline[direction].forget()
      this.#latency[direction].forget()
    }
  }

  /** Mean wait of the last look's requests; null: there were none, or it is not known. */
  waitMeanNs(direction: Direction): number | null {
    return this.#waits[direction]
  }

  /** What reached the throttle since the last look. */
  passed(direction: Direction): Passed {
    return this.#deltas[direction]
  }

  /** Per second, as the guest counts. */
  rate(direction: Direction): { readonly iops: number; readonly bps: number } {
    const { guestRequests, bytes } = this.#deltas[direction]
    return { iops: this.#perSecond(guestRequests), bps: this.#perSecond(bytes) }
  }

  /** Reckons this look's wait, once per look. `hasRoom`: no request can have waited. */
  judge(direction: Direction, hasRoom: boolean): void {
    const { timedRequests, totalTimeNs } = this.#deltas[direction]
    this.#waits[direction] = this.#baseline[direction].meanWaitNs({ requests: timedRequests, totalTimeNs }, hasRoom)
  }

  /** How long requests of this look took against what they need; null: there were none. */
  waiting(direction: Direction): 'above' | 'none' | 'unknown' | null {
    const { timedRequests, totalTimeNs } = this.#deltas[direction]
    if (timedRequests === 0) return null
    const base = this.#baseline[direction].latencyNs
    if (base === null) return 'unknown'
    return totalTimeNs / timedRequests > ABOVE * base ? 'above' : 'none'
  }

  /** Requests of this look, and how long they waited on average. */
  lookedWaits(): LookedWaits {
    const { read, write } = this.#deltas
    return { requests: { read: read.timedRequests, write: write.timedRequests }, waitMeanNs: this.#waits }
  }

  flow(direction: Direction): FlowSnapshot {
    const failed = this.#failed[direction]
    return {
      ...this.rate(direction),
      ...this.#total[direction],
      delayed: null,
      queued: null,
      waitP50Ns: null,
      waitP99Ns: null,
      serviceP50Ns: null,
      serviceP99Ns: null,
      waitMeanNs: this.#waits[direction],
      latencyMeanNs: this.#recent[direction].means().latencyNs,
      ...(this.#seen?.isTimed[direction] !== true ? {} : { latency: this.#latency[direction].percentiles() }),
      ...(failed === null ? {} : { failed }),
    }
  }

  flush(): FlushSnapshot {
    const { guestRequests } = this.#deltas.flush
    const { latencyNs } = this.#recent.flush.means()
    return { perSecond: this.#perSecond(guestRequests), latencyMeanNs: latencyNs, failed: this.#failed.flush }
  }

  /** Reads and writes under way on average since the last look; null: no time has passed. */
  underWay(): number | null {
    const { read, write } = this.#deltas
    return this.#elapsedNs > 0 ? (read.totalTimeNs + write.totalTimeNs) / this.#elapsedNs : null
  }

  /** Whose latency histograms the disk has; null: there are none. */
  histograms(): 'weir' | 'other' | null {
    return this.#seen?.owner ?? null
  }

  /** Reads and writes under way on average; null: no time has passed yet. */
  outstanding(): number | null {
    const [read, write] = DIRECTIONS.map((direction) => this.#recent[direction].means().outstanding)
    return read == null || write == null ? null : read + write
  }

  #count(last: KeptCounters, now: Counters): void {
    for (const flow of FLOWS) this.#deltas[flow].count(last[flow], now[flow], now.timesFailed)
    for (const flow of FLOWS) {
      const { timedRequests, totalTimeNs, failed } = this.#deltas[flow]
      const before = this.#failed[flow]
      this.#failed[flow] = before === null || failed === null ? null : before + failed
      this.#recent[flow].add({ elapsedNs: this.#elapsedNs, requests: timedRequests, totalTimeNs })
    }
    for (const direction of DIRECTIONS) {
      this.#total[direction].requests += this.#deltas[direction].guestRequests
      this.#total[direction].bytes += this.#deltas[direction].bytes
    }
  }

  /** Counters of the latest look; null: it had none. */
  get #seen(): KeptCounters | null {
    return this.#hasLast ? this.#last : null
  }

  #perSecond(count: number): number {
    return this.#elapsedNs > 0 ? (count * NS_PER_S) / this.#elapsedNs : 0
  }
}

/** Latency this many times the least one is well above it. */
const ABOVE = 1.5
