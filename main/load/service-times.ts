import { assertNever } from '#shared/assert.ts'
import { NS_PER_US } from '#shared/units.ts'
import type { Service } from '#shared/workspace/workspace.ts'
import type { Random } from './random.ts'

/** How long a modelled disk takes, request by request: for null disks of the lab and for every disk of the simulator. */
export interface ServiceTimes {
  nextNs(): number
  /** The time in ns that every request takes; null: it differs. */
  readonly fixedNs: number | null
}

export function createServiceTimes(service: Service, random: Random): ServiceTimes {
  switch (service.kind) {
    case 'fixed': {
      const ns = Math.round(service.us * NS_PER_US)
      return { nextNs: () => ns, fixedNs: ns }
    }
    case 'exponential': {
      const meanNs = service.us * NS_PER_US
      return { nextNs: () => Math.round(random.exponential() * meanNs), fixedNs: null }
    }
    case 'sampled': {
      const times = Float64Array.from(service.us, (us) => Math.round(us * NS_PER_US))
      return { nextNs: () => times[random.below(times.length)]!, fixedNs: null }
    }
    default:
      return assertNever(service)
  }
}
