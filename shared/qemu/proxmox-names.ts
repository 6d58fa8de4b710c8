import { PROXMOX_SLOTS } from '../formats/platforms/proxmox-drive.ts'
import { shortQdev } from '../formats/qemu/qemu-model.ts'

// What Proxmox calls its drives in QEMU: the drive of slot scsi0 is `drive-scsi0`, and so is the group of its own limits;
// with machine 10 and newer `drive-scsi0` is a throttle filter, in the group `throttle-drive-scsi0`.

/** `drive-scsi0`, `throttle-drive-scsi0` → `scsi0`; null: it is none of Proxmox's. */
export function slotOfGroup(group: string): string | null {
  return slotOf(/^(?:throttle-)?drive-(.+)$/.exec(group)?.[1])
}

/** Of the guest's disk: Proxmox gives it the slot as id. */
export function slotOfDisk(qdev: string | null, drive: string | null): string | null {
  return slotOf(shortQdev(qdev ?? '')) ?? slotOf(/^drive-(.+)$/.exec(drive ?? '')?.[1])
}

function slotOf(name: string | undefined): string | null {
  return name !== undefined && PROXMOX_SLOTS.includes(name) ? name : null
}
