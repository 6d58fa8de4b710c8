import { NO_LIMITS } from '#shared/throttle/limits.ts'
import { isThrottled } from '#shared/workspace/chain.ts'
import {
  DEFAULT_DISK,
  type Device,
  IDLE,
  MAX_DISK_BYTES,
  type QemuNames,
  WORKSPACE_FORMAT,
  type Workspace,
} from '#shared/workspace/workspace.ts'
import type { Picture, PictureDisk } from './picture.ts'

/** The longest name a workspace holds; QEMU's node names have 31 characters at most, drive ids may have more. */
const MAX_NAME_CHARS = 128

/**
 * What runs in the VM, as a workspace. Disks become null disks of their size without a load: the file's own disks are the
 * VM's, which the lab must not touch.
 */
export function captureWorkspace(picture: Picture, name: string): Workspace {
  return {
    format: WORKSPACE_FORMAT,
    name,
    seed: 1,
    iothreads: 1,
    groups: Object.fromEntries(picture.groups.map((group) => [group.name, group.limits ?? NO_LIMITS])),
    devices: picture.disks.map(deviceOf),
    script: [],
  }
}

function deviceOf(disk: PictureDisk): Device {
  const sizeBytes = Math.min(MAX_DISK_BYTES, Math.max(512, disk.sizeBytes ?? DEFAULT_DISK.sizeBytes))
  return {
    id: disk.id,
    groups: disk.groups,
    iothread: null,
    disk: { kind: 'null', sizeBytes },
    workload: IDLE,
    qemu: namesOf(disk),
  }
}

/** Node names that QEMU made up are left out: they differ at every start. */
function namesOf(disk: PictureDisk): QemuNames {
  const [outermost] = disk.filters
  const name = (text: string | null | undefined) =>
    text == null || text.startsWith('#') || text === '' || text.length > MAX_NAME_CHARS ? null : text
  const [drive, node, filter] = [name(disk.drive), name(disk.node), name(outermost?.node)]
  return {
    ...(drive === null ? {} : { drive }),
    ...(disk.qdev === null ? {} : { qdev: disk.qdev }),
    ...(node === null ? {} : { node }),
    ...(filter === null ? {} : { filter }),
    // Which way Proxmox limits a drive follows from the machine it starts, and is its own affair.
    ...(isThrottled(disk) && disk.managedBy !== 'proxmox' ? { style: disk.style } : {}),
  }
}
