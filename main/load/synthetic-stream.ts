import { DIRECTIONS } from '#shared/throttle/limits.ts'
import { NS_PER_MS, NS_PER_S } from '#shared/units.ts'
import { askedIops, ceilingOf, hasCeilings } from '#shared/workspace/asked-rate.ts'
import type { BlockShare, SyntheticWorkload } from '#shared/workspace/workspace.ts'
import type { LoadMix } from './load-mix.ts'
import { clockOfOnTimeNs, firstOnNs, onTimeAtNs, type Phases, phasesOf } from './phases.ts'
import type { Random } from './random.ts'
import type { TakenRequest } from './taken-request.ts'

// A load made of rules: where the next request goes, how large it is, and when it is due.
//
// A closed loop with a ceiling follows a schedule of one request per interval and may make up for a late wake-up, but
// for no more than CATCH_UP_NS: time in which it was throttled is gone, or a ceiling would turn into a burst. So does each
// direction with a ceiling of its own, as in fio: while the one that was drawn is not due, the other one goes in its place.

const READ = 0
const WRITE = 1

const CATCH_UP_NS = 10 * NS_PER_MS

interface Options {
  readonly diskBytes: number
  readonly random: Random
  readonly fromNs: number
}

export class SyntheticStream {
  readonly iodepth: number
  readonly rateIops: number | null
  readonly mix: LoadMix | null

  readonly #random: Random
  readonly #diskBytes: number
  readonly #isRandom: boolean
  /** A draw below this is a read. */
  readonly #readBelow: number
  readonly #sizes: Float64Array
  /** The size of every request; 0 if there are several. */
  readonly #onlySize: number
  /** Cumulated weights, scaled to 1; the last is exactly 1. */
  readonly #sizeBelow: Float64Array
  /** Next offset of a sequential load, per direction. */
  readonly #cursors = new Float64Array(2)
  /** Whether a direction has a ceiling of its own. */
  readonly #hasCeilings: boolean
  /** Of each direction, between two requests; 0: no ceiling of its own. */
  readonly #directionGapNs = new Float64Array(2)
  /** Of each direction: clock at which its next request is due; Infinity: it is never drawn. */
  readonly #directionDueNs = new Float64Array(2)

  readonly #phases: Phases
  readonly #isPlain: boolean
  readonly #arrivals: SyntheticWorkload['arrivals']
  readonly #intervalNs: number
  // These two begin as numbers: a field that begins undefined would cost an allocation with each change.
  /** Open loops: on-time of the next arrival, not rounded. Closed with a ceiling: clock at which the next request is due. */
  #scheduleNs = 0
  /** Open loops: clock of the next arrival. */
  #nextNs = 0

  constructor(workload: SyntheticWorkload, options: Options) {
    this.iodepth = workload.iodepth
    this.rateIops = askedIops(workload)
    this.#random = options.random
    this.#diskBytes = options.diskBytes
    this.#isRandom = workload.pattern === 'random'
    this.#readBelow = workload.readPercent / 100
    const shares: readonly BlockShare[] =
      typeof workload.blockBytes === 'number' ? [{ bytes: workload.blockBytes, weight: 1 }] : workload.blockBytes
    this.#sizes = Float64Array.from(shares, (share) => share.bytes)
    this.#onlySize = shares.length === 1 ? this.#sizes[0]! : 0
    this.#sizeBelow = cumulate(shares)
    this.#phases = phasesOf(workload)
    this.#arrivals = workload.arrivals
    this.#intervalNs = workload.rateIops > 0 ? NS_PER_S / workload.rateIops : 0
    const beginNs = Math.max(this.#phases.startNs, options.fromNs)
    this.#hasCeilings = hasCeilings(workload)
    for (const [index, direction] of DIRECTIONS.entries()) {
      const isDrawn = direction === 'read' ? this.#readBelow > 0 : this.#readBelow < 1
      const ceiling = ceilingOf(workload, direction)
      this.#directionGapNs[index] = ceiling === null ? 0 : NS_PER_S / ceiling
      this.#directionDueNs[index] = isDrawn ? beginNs : Number.POSITIVE_INFINITY
    }
    const isUnpaced = this.#intervalNs === 0 && !this.#hasCeilings
    this.#isPlain = workload.arrivals === 'closed' && isUnpaced && isSteady(this.#phases)
    this.mix = this.#isPlain
      ? { readShare: this.#readBelow, sizesBytes: this.#sizes, sizeBelow: this.#sizeBelow }
      : null
    this.#scheduleNs = beginNs
    this.#nextNs = beginNs
    if (workload.arrivals !== 'closed') this.#scheduleFirst(beginNs)
  }

  dueNs(nowNs: number): number {
    if (this.#arrivals !== 'closed') return this.#nextNs
    if (this.#isPlain) return this.#scheduleNs > nowNs ? this.#scheduleNs : nowNs
    const dueNs = this.#hasCeilings ? Math.max(this.#scheduleNs, this.#directionsDueNs()) : this.#scheduleNs
    return firstOnNs(this.#phases, Math.max(nowNs, Math.ceil(dueNs)))
  }

  take(nowNs: number, request: TakenRequest): void {
    if (this.#arrivals === 'closed') {
      request.arrivalNs = nowNs
      if (this.#intervalNs > 0) this.#scheduleNs = Math.max(this.#scheduleNs, nowNs - CATCH_UP_NS) + this.#intervalNs
    } else {
      request.arrivalNs = this.#nextNs
      this.#scheduleNs += this.#arrivals === 'fixed' ? this.#intervalNs : this.#random.exponential() * this.#intervalNs
      this.#nextNs = clockOfOnTimeNs(this.#phases, this.#scheduleNs)
    }
    this.#shape(request, nowNs)
  }

  backlog(nowNs: number): number {
    if (this.#arrivals === 'closed' || this.#nextNs > nowNs) return 0
    return 1 + Math.floor((onTimeAtNs(this.#phases, nowNs) - this.#scheduleNs) / this.#intervalNs)
  }

  /** Draws direction, size and place of the request. */
  #shape(request: TakenRequest, nowNs: number): void {
    const drawn = this.#readBelow >= 1 || (this.#readBelow > 0 && this.#random.unit() < this.#readBelow) ? 0 : 1
    const direction = this.#hasCeilings ? this.#dueDirection(drawn, nowNs) : drawn
    const bytes = this.#onlySize > 0 ? this.#onlySize : this.#drawSize()
    request.direction = direction
    request.bytes = bytes
    if (this.#isRandom) {
      request.offset = this.#random.below(Math.floor(this.#diskBytes / bytes)) * bytes
      return
    }
    const cursor = this.#cursors[direction]!
    request.offset = cursor + bytes <= this.#diskBytes ? cursor : 0
    this.#cursors[direction] = request.offset + bytes
  }

  /** Clock at which the first of the directions may go. */
  #directionsDueNs(): number {
    return Math.min(this.#directionDueNs[READ]!, this.#directionDueNs[WRITE]!)
  }

  /** The drawn direction, or the other one while it is not due; the next of that direction is due a gap later. */
  #dueDirection(drawn: TakenRequest['direction'], nowNs: number): TakenRequest['direction'] {
    const other = drawn === READ ? WRITE : READ
    const direction = this.#directionDueNs[drawn]! <= nowNs ? drawn : other
    const dueNs = Math.max(this.#directionDueNs[direction]!, nowNs - CATCH_UP_NS)
    this.#directionDueNs[direction] = dueNs + this.#directionGapNs[direction]!
    return direction
  }

  #drawSize(): number {
    const draw = this.#random.unit()
    let index = 0
    while (draw >= this.#sizeBelow[index]!) index += 1
    return this.#sizes[index]!
  }

  /** A load that was already due to run when it was put in place joins its own beat at a random point, not with a request at once. */
  #scheduleFirst(beginNs: number): void {
    const late = beginNs > this.#phases.startNs
    let gapNs = 0
    if (this.#arrivals === 'poisson') gapNs = this.#random.exponential() * this.#intervalNs
    else if (late) gapNs = this.#random.unit() * this.#intervalNs
    this.#scheduleNs = onTimeAtNs(this.#phases, beginNs) + gapNs
    this.#nextNs = clockOfOnTimeNs(this.#phases, this.#scheduleNs)
  }
}

function isSteady(phases: Phases): boolean {
  return phases.stopNs === Number.POSITIVE_INFINITY && phases.onNs === Number.POSITIVE_INFINITY
}

function cumulate(shares: readonly BlockShare[]): Float64Array {
  const total = shares.reduce((sum, share) => sum + share.weight, 0)
  const cumulated = new Float64Array(shares.length)
  let sum = 0
  for (const [index, share] of shares.entries()) {
    sum += share.weight
    cumulated[index] = sum / total
  }
  cumulated[shares.length - 1] = 1
  return cumulated
}
