import type { QmpAddress } from './qmp-address.ts'

// QEMU serves one client per QMP socket. Some sockets are the one that a manager of VMs talks through.

export interface SocketOwner {
  readonly kind: 'libvirt' | 'proxmox'
  /** libvirt's short name of the domain, Proxmox's number of the VM. */
  readonly vm: string
}

/** By the places where they are always kept; null: nobody's, as far as one can see. */
export function socketOwner(address: QmpAddress): SocketOwner | null {
  if (address.kind !== 'unix') return null
  const libvirt = /(?:^|\/)domain-\d+-([^/]+)\/+monitor\.sock$/.exec(address.path)?.[1]
  if (libvirt !== undefined) return { kind: 'libvirt', vm: libvirt }
  const proxmox = /(?:^|\/)run\/+qemu-server\/+(\d+)\.qmp$/.exec(address.path)?.[1]
  return proxmox === undefined ? null : { kind: 'proxmox', vm: proxmox }
}

/** What taking the socket means, one sentence. */
export function ownerWords({ kind, vm }: SocketOwner): string {
  return kind === 'libvirt'
    ? `This is the monitor through which libvirt runs ${vm}: holding it while libvirtd restarts locks libvirt out.`
    : `This is the monitor through which Proxmox runs VM ${vm}: while Weir holds it, Proxmox cannot reach the VM, and its backups and migrations fail.`
}

/** libvirt cuts a domain's name in its folders here. */
const LIBVIRT_SHORT_NAME = 20

/** The way to the VM past the socket: through its manager, which then knows of every change. */
export function ownerAdvice({ kind, vm }: SocketOwner): string {
  if (kind === 'proxmox') return `Connect through Proxmox: proxmox:${vm}.`
  const name = vm.length < LIBVIRT_SHORT_NAME ? vm : 'DOMAIN'
  const through = `Connect through libvirt: libvirt:qemu:///system#${name} (qemu:///session for a VM of your own user).`
  return `${through} Or give the VM a second monitor: docs/live-qemu.md says how.`
}
