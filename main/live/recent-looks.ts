interface Look {
  /** Since the one before. */
  elapsedNs: number
}

/**
 * The looks of the last `windowNs`, newest first. One that is too old becomes the new one (kept.ts says why).
 */
export class RecentLooks<T extends Look> {
  readonly #looks: T[] = []
  readonly #windowNs: number
  readonly #newLook: () => T

  constructor(windowNs: number, newLook: () => T) {
    this.#windowNs = windowNs
    this.#newLook = newLook
  }

  /** The newest, to be written over: it holds what an old one did. */
  begin(elapsedNs: number): T {
    let ageNs = elapsedNs
    let kept = 0
    for (; kept < this.#looks.length; kept += 1) {
      ageNs += this.#looks[kept]!.elapsedNs
      if (ageNs > this.#windowNs) break
    }
    const newest = this.#looks[kept] ?? this.#newLook()
    this.#looks.length = kept
    newest.elapsedNs = elapsedNs
    this.#looks.unshift(newest)
    return newest
  }

  get all(): readonly T[] {
    return this.#looks
  }

  clear(): void {
    this.#looks.length = 0
  }
}
