// A load that is gone through without an event for each request still has one now and then, so that whoever simulates can
// stop on the way: about one per block of requests.

/** Requests between two events of the load, about. */
const BLOCK = 1024
const FIRST_NS = 1e6
const LONGEST_NS = 3600e9

/** How long a block of one load takes, as it has been lately. */
export class BlockTime {
  #ns = FIRST_NS
  #before = 0

  /** At the end of a block, `total` requests after the start: how long the next block is to last. */
  next(total: number): number {
    const done = total - this.#before
    this.#before = total
    if (done > 2 * BLOCK) this.#ns /= 2
    else if (done < BLOCK / 2) this.#ns = Math.min(this.#ns * 2, LONGEST_NS)
    return Math.ceil(this.#ns)
  }
}
