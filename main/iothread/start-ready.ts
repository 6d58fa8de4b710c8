import type { DepthPort } from '#main/device/disk-port.ts'
import type { DeviceRequests } from './device-requests.ts'

/** Starts what may go, oldest first, until the disk has no more room. What does not fit stays. */
export function startReady(disk: DepthPort, ready: DeviceRequests, nowNs: number): void {
  while (ready.length > 0 && disk.hasRoomFor(ready.nextBytes)) {
    ready.shift()
    disk.start(ready.direction, ready.offset, ready.bytes, ready.ns, nowNs)
  }
}
