import { assert } from '../assert.ts'
import type { Device, Workspace } from './workspace.ts'

// Which iothread serves which device, where the workspace leaves that to Weir. A slow disk blocks everything on its
// iothread while it works, so slow ones get iothreads of their own as long as there are any; the quick ones share the rest.

/** A disk that takes this long for a request holds up its neighbours noticeably. */
const SLOW_SERVICE_US = 100

function isSlow({ disk }: Device): boolean {
  const { service } = disk
  if (service?.kind === 'sampled') return service.us.some((us) => us >= SLOW_SERVICE_US)
  if (service !== undefined) return service.us >= SLOW_SERVICE_US
  return disk.kind === 'file' && disk.direct
}

interface Load {
  readonly iothread: number
  devices: number
  slow: number
}

function emptiest(loads: readonly Load[]): Load {
  const [first, ...rest] = loads
  assert(first !== undefined, 'a workspace has an iothread')
  return rest.reduce((best, load) => (load.devices < best.devices ? load : best), first)
}

/**
 * The iothread of every device, in the order of `workspace.devices`. `kept` holds where devices are already: those stay,
 * so that adding one moves nobody.
 */
export function placeDevices(workspace: Workspace, kept: ReadonlyMap<string, number> = new Map()): readonly number[] {
  const loads = Array.from({ length: workspace.iothreads }, (_, iothread): Load => ({ iothread, devices: 0, slow: 0 }))
  const placed = new Map<string, number>()
  const place = (device: Device, load: Load | undefined): void => {
    assert(load !== undefined, 'a device is on an iothread of the workspace')
    load.devices += 1
    if (isSlow(device)) load.slow += 1
    placed.set(device.id, load.iothread)
  }
  const open: Device[] = []
  for (const device of workspace.devices) {
    const load = loads[device.iothread ?? kept.get(device.id) ?? -1]
    if (load !== undefined) place(device, load)
    else open.push(device)
  }
  for (const device of open.filter(isSlow)) place(device, emptiest(loads))
  for (const device of open.filter((each) => !isSlow(each))) {
    const quick = loads.filter((load) => load.slow === 0)
    place(device, emptiest(quick.length > 0 ? quick : loads))
  }
  return workspace.devices.map((device) => placed.get(device.id) as number) // every device was placed
}
