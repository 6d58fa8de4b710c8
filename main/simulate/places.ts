import type { DirectionIndex } from '#main/throttle/throttle-memory.ts'
import type { SimulatedDevice } from './simulated-device.ts'

/** Where a member is. */
export interface Place {
  readonly device: SimulatedDevice
  readonly level: number
}

/** A request on its way from one level of its device to the next. */
export interface Passing extends Place {
  readonly direction: DirectionIndex
  readonly bytes: number
  readonly offset: number
  readonly arrivalNs: number
}

/** By member. */
export function placesOf(devices: readonly SimulatedDevice[]): readonly Place[] {
  const places: Place[] = []
  for (const device of devices) {
    for (const [level, member] of device.members.entries()) places[member] = { device, level }
  }
  return places
}
