import type { Traces } from '#main/load/trace.ts'
import { placeDevices } from '#shared/workspace/placement.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import { occupiesIothread } from './disk-model.ts'
import { SimulatedDevice } from './simulated-device.ts'
import { SimulatedDisk } from './simulated-disk.ts'

/** The devices of the workspace, each on the queue that serves it. */
export function simulatedDevices(workspace: Workspace, traces: Traces): readonly SimulatedDevice[] {
  const iothreads = placeDevices(workspace)
  let members = workspace.devices.length
  return workspace.devices.map((device, slot) => {
    const iothread = iothreads[slot]! // one per device
    // What does not keep an iothread busy has a queue of its own.
    const disk = occupiesIothread(device.disk) ? iothread : workspace.iothreads + slot
    const levels = mostLevels(workspace, device)
    const inner = Array.from({ length: levels - 1 }, (_, level) => members + level)
    members += levels - 1
    return new SimulatedDevice(
      device,
      { slot, iothread, disk, members: [slot, ...inner] },
      { seed: workspace.seed, traces },
    )
  })
}

/** The longest chain that the device ever has: its own, or one that the script gives it. At least 1. */
function mostLevels({ script }: Workspace, { id, groups }: Device): number {
  const moves = script.flatMap((step) =>
    'moveDevice' in step && step.moveDevice.device === id ? [step.moveDevice] : [],
  )
  return Math.max(1, groups.length, ...moves.map((move) => move.groups.length))
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
    const capacity = served.reduce((sum, device) => sum + depthOf(device.id), 0)
    return new SimulatedDisk(
      capacity,
      served.some((device) => device.isDeep),
    )
  })
}
