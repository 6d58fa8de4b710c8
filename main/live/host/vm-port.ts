import type { LinkOptions, VmLink } from '../vm-link.ts'

// What the host needs of a way to reach VMs. A folder of QMP sockets and libvirt are two.

export interface VmPlace {
  /** Its address, the same as long as the VM is there. */
  readonly id: string
  /** What it is called before it was asked, and if it has no name of its own. */
  readonly label: string
}

export interface VmPort {
  /** For people and the `host` of a look. */
  readonly name: string
  /** One question answers for the block jobs of all disks of a VM. Left out: through libvirt each disk is one. */
  readonly hasCheapJobs?: true
  /** How long all of one look may take; left out: 3 s. */
  readonly lookMs?: number
  /** Places that exist now. Throws EngineError where they cannot be listed. */
  list(): Promise<readonly VmPlace[]>
  /** A port whose own user has allowed the taint of all its VMs does not ask `mayTaint`. */
  open(place: VmPlace, options: Pick<LinkOptions, 'mayTaint'>): Promise<VmLink>
  close(): void
}
