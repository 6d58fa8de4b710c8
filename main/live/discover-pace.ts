/** A look at the configuration may cost this share of the time at most. */
const SHARE = 20

/**
 * When to look at the configuration: at every poll while that is cheap, more rarely where it is dear, at once after an
 * event that may concern it.
 */
export class DiscoverPace {
  readonly #pollNs: number
  #dueNs = 0
  #hurriedNs = Number.NEGATIVE_INFINITY

  constructor(pollNs: number) {
    this.#pollNs = pollNs
  }

  isDue(nowNs: number): boolean {
    return nowNs >= this.#dueNs
  }

  /** An event that came meanwhile may be of after what was seen: the next look is at once, too. */
  done(begunNs: number, endedNs: number): void {
    if (this.#hurriedNs >= begunNs) return
    // Not exactly a period: timers are a little early now and then, and that must not cost a whole one.
    this.#dueNs = begunNs + Math.max(this.#pollNs * 0.9, SHARE * (endedNs - begunNs))
  }

  hurry(nowNs: number): void {
    this.#dueNs = 0
    this.#hurriedNs = nowNs
  }
}
