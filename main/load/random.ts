// Seeded randomness of the loads: sfc32, 128 bits of state, 32 bits a draw. The state is a typed array because a plain
// field cannot hold 32 bits without a heap number per draw.

const WARM_UP_DRAWS = 12

export class Random {
  private readonly state = new Uint32Array(4)
  private readonly first: Uint32Array

  /** Equal seeds and salts give equal sequences; the salt (a device's id) sets the streams of one workspace apart. */
  constructor(seed: number, salt: string) {
    this.first = Uint32Array.of(
      hash(salt, 0x9e37_79b9),
      hash(salt, 0x85eb_ca6b),
      seed >>> 0,
      Math.floor(seed / 2 ** 32),
    )
    this.restart()
  }

  /** Back to the first number. */
  restart(): void {
    this.state.set(this.first)
    for (let draw = 0; draw < WARM_UP_DRAWS; draw += 1) this.uint32()
  }

  /** 0 … 2³²−1. */
  uint32(): number {
    const state = this.state
    const a = state[0]!
    const b = state[1]!
    const c = state[2]!
    const counter = state[3]!
    const sum = (a + b + counter) >>> 0
    state[0] = b ^ (b >>> 9)
    state[1] = (c + (c << 3)) | 0
    state[2] = (((c << 21) | (c >>> 11)) + sum) | 0
    state[3] = (counter + 1) | 0
    return sum
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
