import path from 'node:path'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'

// Paths inside a workspace (`disk.path`, `workload.path`) may be relative: they start at the workspace file's folder.
// The document keeps them as written; whoever opens files gets them absolute.

/** The workspace with every path absolute. */
export function resolvePaths(workspace: Workspace, folder: string): Workspace {
  return {
    ...workspace,
    devices: workspace.devices.map((device) => resolveDevicePaths(device, folder)),
    script: workspace.script.map((step) => {
      if (!('setWorkload' in step) || step.setWorkload.workload.kind !== 'trace') return step
      const { workload } = step.setWorkload
      return {
        ...step,
        setWorkload: { ...step.setWorkload, workload: { ...workload, path: path.resolve(folder, workload.path) } },
      }
    }),
  }
}

function resolveDevicePaths(device: Device, folder: string): Device {
  const { disk, workload } = device
  return {
    ...device,
    disk: disk.kind === 'file' && disk.path !== undefined ? { ...disk, path: path.resolve(folder, disk.path) } : disk,
    workload: workload.kind === 'trace' ? { ...workload, path: path.resolve(folder, workload.path) } : workload,
  }
}
