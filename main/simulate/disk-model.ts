import { isDeep } from '#shared/workspace/disk-depth.ts'
import type { Disk, Service } from '#shared/workspace/workspace.ts'

// How long a simulated disk takes where the workspace does not say. The lab measures the real disk; the simulator needs
// a number, and these are of the order of what a small request takes on a machine of our day. No disk takes no time: a
// load that nothing limits would never let time go on.

/** One request served from the page cache by a system call. */
const CACHED_US = 5
/** One request of an NVMe disk past the page cache, also while others are in flight. */
const DIRECT_US = 100
/** A null disk: no more than the handling of the request. */
const HANDLING_US = 10

/** How long the disk takes for a request: as the workspace says, else by its kind. */
export function serviceOf(disk: Disk): Service {
  const us = assumedServiceUs(disk)
  return us === null ? (disk.service as Service) : { kind: 'fixed', us } // the workspace names one
}

/** The time in µs that Weir takes the disk to need for a request because the workspace names none; null: it names one. */
export function assumedServiceUs(disk: Disk): number | null {
  if (disk.service !== undefined && takesTime(disk.service)) return null
  if (disk.kind === 'null') return HANDLING_US
  return disk.direct ? DIRECT_US : CACHED_US
}

/**
 * Whether the disk keeps its iothread to itself while it works. One with depth does not: the kernel has its requests. A null
 * disk of which nothing is said stands for no disk at all, so that those on one iothread do not hold each other up.
 */
export function occupiesIothread(disk: Disk): boolean {
  return disk.kind === 'file' ? !isDeep(disk) : assumedServiceUs(disk) === null
}

function takesTime(service: Service): boolean {
  return service.kind === 'sampled' ? service.us.some((us) => us > 0) : service.us > 0
}
