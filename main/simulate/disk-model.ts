import type { Disk, Service } from '#shared/workspace/workspace.ts'

// How long a simulated disk takes where the workspace does not say. The lab measures the real disk; the simulator needs
// a number, and these are of the order of what a small request takes on a machine of our day.

/** One request served from the page cache by a system call. */
const CACHED: Service = { kind: 'fixed', us: 5 }
/** One request of an NVMe disk past the page cache. */
const DIRECT: Service = { kind: 'fixed', us: 100 }

/** null: no time at all. */
export function serviceOf(disk: Disk): Service | null {
  if (disk.service !== undefined) return disk.service
  if (disk.kind === 'null') return null
  return disk.direct ? DIRECT : CACHED
}
