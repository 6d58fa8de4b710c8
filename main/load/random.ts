// Seeded randomness of the loads: sfc32, 128 bits of state, 32 bits a draw. The state is signed 32-bit fields, which Node
// keeps in the object itself; a typed array would put three more cache lines per device into every draw.

const WARM_UP_DRAWS = 12

export class Random {
  #a = 0
  #b = 0
  #c = 0
  #counter = 0
  readonly #first: Int32Array

  /** Equal seeds and salts give equal sequences; the salt (a device's id) sets the streams of one workspace apart. */
  constructor(seed: number, salt: string) {
    this.#first = Int32Array.of(
      hash(salt, 0x9e37_79b9),
      hash(salt, 0x85eb_ca6b),
      seed, // modulo 2³², as all integers that a typed array takes
      Math.floor(seed / 2 ** 32),
    )
    this.restart()
  }

  /** Back to the first number. */
  restart(): void {
    this.#a = this.#first[0]!
    this.#b = this.#first[1]!
    this.#c = this.#first[2]!
    this.#counter = this.#first[3]!
    for (let draw = 0; draw < WARM_UP_DRAWS; draw += 1) this.uint32()
  }

  /** 0 … 2³²−1. */
  uint32(): number {
    const a = this.#a
    const b = this.#b
    const c = this.#c
    const counter = this.#counter
    const sum = (a + b + counter) | 0
    this.#a = b ^ (b >>> 9)
    this.#b = (c + (c << 3)) | 0
    this.#c = (((c << 21) | (c >>> 11)) + sum) | 0
    this.#counter = (counter + 1) | 0
    return sum >>> 0
  }

  /** 0 ≤ x < 1. */
  unit(): number {
    return this.uint32() * 2 ** -32
  }

  /** A whole number 0 … count−1; `count` up to 2⁵³. */
  below(count: number): number {
    if (count <= 2 ** 32) return Math.floor(this.uint32() * 2 ** -32 * count)
    const high = this.uint32() >>> 11
    return Math.floor((high * 2 ** 32 + this.uint32()) * 2 ** -53 * count)
  }

  /** Exponentially distributed with mean 1. */
  exponential(): number {
    return -Math.log((this.uint32() + 1) * 2 ** -32)
  }
}

/** FNV-1a over UTF-16 units, finished with murmur's mixer so that ids that differ in one letter differ everywhere. */
function hash(text: string, basis: number): number {
  let value = basis
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x0100_0193)
  value = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35)
  return (value ^ (value >>> 16)) >>> 0
}
