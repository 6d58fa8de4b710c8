import type { VmLook } from '#shared/host-look.ts'

// What each VM of a host did, look by look, and all of them together. The sum is kept: to add up the quarters of an hour of
// hundreds of VMs at each look would take longer than everything else that the table does.

/** Fifteen minutes of looks. */
const TRAIL_LOOKS = 900

/** Look by look, the newest last; NaN: not known. */
export interface Trail {
  readonly iops: Float32Array
  readonly bps: Float32Array
}

const RATES = ['iops', 'bps'] as const

export class HostTrails {
  readonly #trails = new Map<string, Trail>()
  readonly #whole = newTrail()

  /** Of the VMs that are there. */
  get whole(): Trail {
    return this.#whole
  }

  of(id: string): Trail | null {
    return this.#trails.get(id) ?? null
  }

  see(vms: readonly VmLook[]): void {
    if (this.#forgetGone(vms)) this.#addUp()
    for (const rate of RATES) {
      let sum = Number.NaN
      for (const vm of vms) {
        const value = vm[rate]
        push(this.#trailOf(vm.id)[rate], value ?? Number.NaN)
        if (value !== null) sum = (sum || 0) + value
      }
      push(this.#whole[rate], sum)
    }
  }

  /** Whether any is. */
  #forgetGone(vms: readonly VmLook[]): boolean {
    const known = new Set(vms.map(({ id }) => id))
    const before = this.#trails.size
    for (const id of this.#trails.keys()) if (!known.has(id)) this.#trails.delete(id)
    return this.#trails.size < before
  }

  #addUp(): void {
    for (const rate of RATES) {
      const sums = this.#whole[rate].fill(Number.NaN)
      for (const trail of this.#trails.values()) {
        for (const [at, value] of trail[rate].entries()) if (!Number.isNaN(value)) sums[at] = (sums[at] || 0) + value
      }
    }
  }

  #trailOf(id: string): Trail {
    const known = this.#trails.get(id) ?? newTrail()
    this.#trails.set(id, known)
    return known
  }
}

function newTrail(): Trail {
  const nothing = () => new Float32Array(TRAIL_LOOKS).fill(Number.NaN)
  return { iops: nothing(), bps: nothing() }
}

function push(values: Float32Array, value: number): void {
  values.copyWithin(0, 1)
  values[values.length - 1] = value
}
