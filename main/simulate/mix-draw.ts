import type { LoadMix } from '#main/load/load-mix.ts'
import { Random } from '#main/load/random.ts'
import { binomial } from './binomial.ts'

// What the requests of a steady load are, reads or writes and of which size, drawn for many at once. Requests come in
// blocks: how many of each kind a block has is drawn when it begins, and the kinds come in random order within it. So what
// the first n requests were does not depend on when somebody asked, and a whole block costs no more than a few draws.

const BLOCK = 4096

export class MixDraw {
  /** What the last `draw` came to, per direction. */
  readonly requests = new Float64Array(2)
  readonly bytes = new Float64Array(2)
  readonly #salt: string
  readonly #blocks: Random
  /** Draws the order within the block, once somebody asks for less than the whole of it: that must not move `#blocks` on. */
  #order: Random | null = null
  #orderSeed = 0
  /** Per kind: reads of each size, then writes. */
  readonly #share: Float64Array
  readonly #sizes: Float64Array
  readonly #left: Float64Array
  #leftInBlock = 0
  /** The one kind that there is; -1: there are several. */
  readonly #only: number

  constructor({ readShare, sizesBytes, sizeBelow }: LoadMix, seed: number, salt: string) {
    this.#salt = salt
    this.#blocks = new Random(seed, salt)
    this.#sizes = sizesBytes
    const shares = [...sizeBelow].map((below, index) => below - (sizeBelow[index - 1] ?? 0))
    this.#share = Float64Array.from([
      ...shares.map((share) => share * readShare),
      ...shares.map((share) => share * (1 - readShare)),
    ])
    this.#left = new Float64Array(this.#share.length)
    this.#only = this.#share.indexOf(1)
  }

  /** Draws the next `count` requests. */
  draw(count: number): void {
    this.requests.fill(0)
    this.bytes.fill(0)
    if (this.#only !== -1) {
      this.#add(this.#only, count)
      return
    }
    for (let left = count; left > 0; ) {
      if (this.#leftInBlock === 0) this.#beginBlock()
      const taken = Math.min(left, this.#leftInBlock)
      if (taken === this.#leftInBlock) this.#takeRest()
      else for (let request = 0; request < taken; request += 1) this.#takeOne()
      left -= taken
    }
  }

  #beginBlock(): void {
    let [left, shareLeft] = [BLOCK, 1]
    const last = this.#share.length - 1
    for (let kind = 0; kind < last; kind += 1) {
      const share = this.#share[kind]!
      const count = shareLeft > 0 ? binomial(this.#blocks, left, Math.min(1, share / shareLeft)) : 0
      this.#left[kind] = count
      left -= count
      shareLeft -= share
    }
    this.#left[last] = left
    this.#leftInBlock = BLOCK
    this.#orderSeed = this.#blocks.uint32()
    this.#order = null
  }

  #takeRest(): void {
    for (let kind = 0; kind < this.#left.length; kind += 1) this.#add(kind, this.#left[kind]!)
    this.#leftInBlock = 0
  }

  #takeOne(): void {
    this.#order ??= new Random(this.#orderSeed, this.#salt)
    let at = this.#order.below(this.#leftInBlock)
    let kind = 0
    while (at >= this.#left[kind]!) {
      at -= this.#left[kind]!
      kind += 1
    }
    this.#left[kind]! -= 1
    this.#leftInBlock -= 1
    this.#add(kind, 1)
  }

  #add(kind: number, count: number): void {
    const sizes = this.#sizes.length
    const direction = kind < sizes ? 0 : 1
    this.requests[direction]! += count
    this.bytes[direction]! += count * this.#sizes[kind % sizes]!
  }
}
