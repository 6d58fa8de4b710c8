import type { Look } from '#main/live/observer.ts'
import type { Picture } from '#main/live/picture.ts'
import type { QmpAnswer } from '#main/qmp/qmp-wire.ts'
import type { VmState } from '#shared/host-look.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'

// What the host needs of a way to reach VMs. A folder of QMP sockets and libvirt are two.

export interface VmPlace {
  /** Its address, the same as long as the VM is there. */
  readonly id: string
  /** What it is called before it was asked, and if it has no name of its own. */
  readonly label: string
}

export interface VmLink {
  /** The VM's own name; null: it has none. */
  readonly name: string | null
  readonly title: string | null
  /** Disks, groups and limits. Dearer than a look. */
  discover(): Promise<Picture>
  /** Counters. May give the same look twice where one question answers for several VMs. */
  look(nowNs: () => number): Promise<Look>
  runState(): Promise<VmState>
  /** A command for QEMU's own monitor. Left out: it is not reached this way, as through libvirt. */
  execute?(command: QmpCommand, timeoutMs: number): Promise<QmpAnswer>
  close(): void
}

export interface VmPort {
  /** For people and the `host` of a look. */
  readonly name: string
  /** How long all of one look may take; left out: 3 s. */
  readonly lookMs?: number
  /** Places that exist now. Throws EngineError where they cannot be listed. */
  list(): Promise<readonly VmPlace[]>
  open(place: VmPlace): Promise<VmLink>
  close(): void
}
