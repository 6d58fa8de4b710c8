import type { Workspace } from './workspace.ts'

/**
 * `workspace` with the limits and memberships that run in the VM (`reality`): what the VM does not know of, disks, loads
 * and script, stays; what only the VM has is added; groups that are in neither use are kept as they are.
 */
export function adoptReality(workspace: Workspace, reality: Workspace): Workspace {
  const real = new Map(reality.devices.map((device) => [device.id, device]))
  const known = new Set(workspace.devices.map((device) => device.id))
  const devices = [
    ...workspace.devices.map((device) => {
      const now = real.get(device.id)
      return now === undefined ? device : { ...device, groups: now.groups, qemu: { ...device.qemu, ...now.qemu } }
    }),
    ...reality.devices.filter((device) => !known.has(device.id)),
  ]
  return { ...workspace, groups: { ...workspace.groups, ...reality.groups }, devices }
}
