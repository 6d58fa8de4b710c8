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

interface Seat {
  readonly iothread: number
  devices: number
  slow: number
}

function emptiest(seats: readonly Seat[]): Seat {
  const [first, ...rest] = seats
  assert(first !== undefined, 'a workspace has an iothread')
  return rest.reduce((best, seat) => (seat.devices < best.devices ? seat : best), first)
}

/**
 * The iothread of every device, in the order of `workspace.devices`. `kept` holds where devices sit already: those stay,
 * so that adding one moves nobody.
 */
export function placeDevices(workspace: Workspace, kept: ReadonlyMap<string, number> = new Map()): readonly number[] {
  const seats = Array.from({ length: workspace.iothreads }, (_, iothread): Seat => ({ iothread, devices: 0, slow: 0 }))
  const placed = new Map<string, number>()
  const place = (device: Device, seat: Seat | undefined): void => {
    assert(seat !== undefined, 'a device sits on an iothread of the workspace')
    seat.devices++
    if (isSlow(device)) seat.slow++
    placed.set(device.id, seat.iothread)
  }
  const open: Device[] = []
  for (const device of workspace.devices) {
    const seat = seats[device.iothread ?? kept.get(device.id) ?? -1]
    if (seat !== undefined) place(device, seat)
    else open.push(device)
  }
  for (const device of open.filter(isSlow)) place(device, emptiest(seats))
  for (const device of open.filter((each) => !isSlow(each))) {
    const quick = seats.filter((seat) => seat.slow === 0)
    place(device, emptiest(quick.length > 0 ? quick : seats))
  }
  return workspace.devices.map((device) => placed.get(device.id) as number) // every device was placed
}
