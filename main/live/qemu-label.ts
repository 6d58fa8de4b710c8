import path from 'node:path'
import type { VmAddress } from '#shared/qemu/vm-address.ts'

/** What a VM is called: by its `-name`, else by its socket. */
export function labelOf(address: VmAddress, name: string | null): string {
  if (name !== null) return name
  if (address.kind === 'libvirt') return address.domain
  if (address.kind === 'proxmox') return `VM ${address.vmid}`
  if (address.kind === 'tcp') return `${address.host}:${address.port}`
  const base = path.basename(address.path).replace(/\.(qmp|sock|socket|monitor|mon)$/, '')
  if (!['monitor', 'qmp', 'qmp-sock', 'qmp-monitor'].includes(base)) return base
  // libvirt's …/domain-3-web01/monitor.sock are told apart by their folder.
  return path.basename(path.dirname(path.resolve(address.path))).replace(/^domain-\d+-/, '')
}
