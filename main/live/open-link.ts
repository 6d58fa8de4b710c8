import { LibvirtLink } from '#main/libvirt/libvirt-link.ts'
import { ProxmoxLink } from '#main/proxmox/proxmox-link.ts'
import type { VmAddress } from '#shared/qemu/vm-address.ts'
import { QemuLink } from './qemu-link.ts'
import type { SessionLink } from './session-link.ts'
import type { LinkOptions } from './vm-link.ts'

/** Connects by whatever way the address names. Throws EngineError; an aborted `signal` ends the connection. */
export function openLink(address: VmAddress, options: LinkOptions): Promise<SessionLink> {
  if (address.kind === 'proxmox') return ProxmoxLink.open(address, options)
  return address.kind === 'libvirt' ? LibvirtLink.open(address, options) : QemuLink.open(address, options)
}
