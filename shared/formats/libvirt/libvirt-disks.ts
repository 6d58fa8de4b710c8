import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import type { Loss } from '../format.ts'
import { mapNames, type NameRule } from '../names.ts'
import { named } from '../qemu/qemu-names.ts'
import { virtioTarget } from './virsh-targets.ts'

// What libvirt calls the disks: `vda`, `sdb`, … as target. A device's id that is a target already stands for itself; others
// get the next free target, and keep their id as the alias `ua-ID`, which libvirt leaves alone and QEMU takes as qdev id.

export interface LibvirtDisk {
  readonly device: Device
  readonly path: string
  readonly target: string
  readonly bus: 'virtio' | 'scsi'
  /** null: the target says it all. */
  readonly alias: string | null
}

const TARGET = /^[vs]d[a-z]{1,3}$/

const ALIAS: NameRule = {
  legal: /^[A-Za-z0-9_-]+$/,
  illegal: /[^A-Za-z0-9_-]+/g,
  maxLength: 100,
  reserved: new Set(),
  stem: 'disk',
}

export function libvirtDisks(workspace: Workspace): {
  readonly disks: readonly LibvirtDisk[]
  readonly losses: readonly Loss[]
} {
  const taken = new Set(workspace.devices.map((device) => device.id).filter((id) => TARGET.test(id)))
  const strangers = workspace.devices.filter((device) => !TARGET.test(device.id))
  const aliases = mapNames(
    strangers.map((device) => device.id),
    ALIAS,
    new Set(),
  )
  const losses: Loss[] = []
  let next = 0
  const disks = workspace.devices.map((device, index): LibvirtDisk => {
    const path = `devices[${index}]`
    if (TARGET.test(device.id)) {
      return { device, path, target: device.id, bus: device.id.startsWith('v') ? 'virtio' : 'scsi', alias: null }
    }
    while (taken.has(virtioTarget(next))) next += 1
    const target = virtioTarget(next)
    next += 1
    const name = named(aliases, device.id)
    if (name !== device.id) {
      losses.push({
        path: `${path}.id`,
        kind: 'renamed',
        message: `libvirt does not allow the alias ${JSON.stringify(`ua-${device.id}`)}; it becomes ua-${name}`,
        from: device.id,
        to: name,
      })
    }
    return { device, path, target, bus: 'virtio', alias: `ua-${name}` }
  })
  return { disks, losses }
}
