import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { adoptNames } from './adopt-names.ts'
import { captureWorkspace } from './capture.ts'
import type { Picture } from './picture.ts'

/** kept: the open document shows the whole VM. grown: it is about this VM, which has more disks. captured: it is not. */
export interface Opening {
  readonly kind: 'kept' | 'grown' | 'captured'
  readonly workspace: Workspace
}

/** What the board opens with. A document is about a VM if it has one of its disks by QEMU's own names. */
export function openingOf(found: Picture, open: Workspace | null, name: string): Opening {
  const captured = { kind: 'captured' as const, workspace: captureWorkspace(found, name) }
  if (open === null) return captured
  const named = adoptNames(found, open)
  const isAbout = named.disks.some((disk) => Object.keys(findDevice(open, disk.id)?.qemu ?? {}).length > 0)
  if (!isAbout) return captured
  const capture = captureWorkspace(named, open.name)
  const others = capture.devices.filter((device) => findDevice(open, device.id) === undefined)
  if (others.length === 0) return { kind: 'kept', workspace: open }
  const groups = { ...capture.groups, ...open.groups }
  return { kind: 'grown', workspace: { ...open, groups, devices: [...open.devices, ...others] } }
}
