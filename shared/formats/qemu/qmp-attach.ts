import { formatQmp, type QmpCommand } from '#shared/qemu/qmp-commands.ts'

// A filter comes under a running disk by the disk's `drive` property, and QEMU 7.2 aborts, VM and all, when a disk is given
// the node that it has already. A script may be sent twice, so these commands are never part of one: they are told as
// notes, to be sent once, by somebody who has looked at `query-block`.

const ONCE = 'once only: QEMU 7.2 aborts, and the VM with it, when the disk has that node already'

/** After the script: puts running disks on their new filters. */
export function attachNotes(swaps: readonly QmpCommand[]): readonly string[] {
  return swaps.map((swap) => `To put the running disk on its filter, send afterwards, ${ONCE}: ${formatQmp(swap)}`)
}

/** Before the script: a filter can go only when no disk is attached to it. */
export function detachNotes(swaps: readonly QmpCommand[]): readonly string[] {
  return swaps.map((swap) => `To take the running disk off its filter, send before, ${ONCE}: ${formatQmp(swap)}`)
}
