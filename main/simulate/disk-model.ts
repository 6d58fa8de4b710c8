import type { Disk, Service } from '#shared/workspace/workspace.ts'

// How long a simulated disk takes where the workspace does not say. The lab measures the real disk; the simulator needs
// a number, and these are of the order of what a small request takes on a machine of our day. No disk takes no time: a
// load that nothing limits would never let time go on.

/** One request served from the page cache by a system call. */
const CACHED: Service = { kind: 'fixed', us: 5 }
/** One request of an NVMe disk past the page cache. */
const DIRECT: Service = { kind: 'fixed', us: 100 }
/** A null disk: no more than the handling of the request. */
const HANDLING: Service = { kind: 'fixed', us: 10 }

/** How long the disk takes for a request: as the workspace says, else by its kind. */
export function serviceOf(disk: Disk): Service {
  if (disk.service !== undefined && takesTime(disk.service)) return disk.service
  if (disk.kind === 'null') return HANDLING
  return disk.direct ? DIRECT : CACHED
}

/** Whether the time is one of Weir's, because the workspace names none. */
export function isAssumed(disk: Disk): boolean {
  return disk.service === undefined || !takesTime(disk.service)
}

/**
 * Whether the disk keeps its iothread to itself while it works. A null disk of which nothing is said stands for no disk
 * at all, so that those on one iothread do not hold each other up.
 */
export function occupiesIothread(disk: Disk): boolean {
  return disk.kind === 'file' || !isAssumed(disk)
}

function takesTime(service: Service): boolean {
  return service.kind === 'sampled' ? service.us.some((us) => us > 0) : service.us > 0
}
