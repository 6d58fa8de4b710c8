import path from 'node:path'
import type { Device, Workload, Workspace } from '#shared/workspace/workspace.ts'

// Paths inside a workspace (`disk.path`, `workload.path`) may be relative: they start at the workspace file's folder.
// The document keeps them as written; whoever opens files gets them absolute.

/** The workspace with every path absolute. */
export function resolvePaths(workspace: Workspace, folder: string): Workspace {
  return mapPaths(workspace, (each) => path.resolve(folder, each))
}

/** The workspace as it must be written to mean the same files when its own file moves from one folder to another. */
export function movePaths(
  workspace: Workspace,
  { from, to }: { readonly from: string; readonly to: string },
): Workspace {
  return mapPaths(workspace, (each) => (path.isAbsolute(each) ? each : path.relative(to, path.resolve(from, each))))
}

function mapPaths(workspace: Workspace, change: (path: string) => string): Workspace {
  return {
    ...workspace,
    devices: workspace.devices.map((device) => mapDevice(device, change)),
    script: workspace.script.map((step) => {
      if (!('setWorkload' in step)) return step
      const { setWorkload } = step
      return { ...step, setWorkload: { ...setWorkload, workload: mapWorkload(setWorkload.workload, change) } }
    }),
  }
}

function mapDevice(device: Device, change: (path: string) => string): Device {
  const { disk, workload } = device
  return {
    ...device,
    disk: disk.kind === 'file' && disk.path !== undefined ? { ...disk, path: change(disk.path) } : disk,
    workload: mapWorkload(workload, change),
  }
}

function mapWorkload(workload: Workload, change: (path: string) => string): Workload {
  return workload.kind === 'trace' ? { ...workload, path: change(workload.path) } : workload
}
