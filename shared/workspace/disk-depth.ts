import type { Disk, Workload } from './workspace.ts'

/** Whether the disk has as many requests in flight as its device's load keeps outstanding. Others serve one after the other. */
export function isDeep(disk: Disk): boolean {
  return disk.kind === 'file' && disk.direct
}

/** How many requests the load keeps in flight on its disk while nothing holds it. */
export function keptInFlight(disk: Disk, workload: Workload): number {
  return isDeep(disk) && workload.kind === 'synthetic' ? workload.iodepth : 1
}
