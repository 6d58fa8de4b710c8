import { placeDevices } from '#shared/workspace/placement.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { occupiesIothread } from './disk-model.ts'
import { SimulatedDevice, type Traces } from './simulated-device.ts'
import { SimulatedDisk } from './simulated-disk.ts'

/** The devices of the workspace, each on the queue that serves it. */
export function simulatedDevices(workspace: Workspace, traces: Traces): readonly SimulatedDevice[] {
  const iothreads = placeDevices(workspace)
  return workspace.devices.map((device, slot) => {
    const iothread = iothreads[slot] as number // one per device
    // One null disk of which nothing is said does not hold up another: each has a queue of its own.
    const disk = occupiesIothread(device.disk) ? iothread : workspace.iothreads + slot
    return new SimulatedDevice(device, { slot, iothread, disk }, { seed: workspace.seed, traces })
  })
}

/** A queue per iothread, then one per device; each with room for all that its devices can have outstanding. */
export function disksOf(
  workspace: Workspace,
  devices: readonly SimulatedDevice[],
  depths: ReadonlyMap<string, number>,
): readonly SimulatedDisk[] {
  const depthOf = (id: string): number => depths.get(id) as number // every device has one
  return Array.from({ length: workspace.iothreads + devices.length }, (_, disk) => {
    const served = devices.filter((device) => device.disk === disk)
    return new SimulatedDisk(served.reduce((sum, device) => sum + depthOf(device.id), 0))
  })
}
