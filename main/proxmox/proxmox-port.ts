import { HOST_TIMEOUTS } from '#main/live/host/folder-port.ts'
import type { VmPlace, VmPort } from '#main/live/host/vm-port.ts'
import type { VmLink } from '#main/live/vm-link.ts'
import { assert } from '#shared/assert.ts'
import { parseVmAddress } from '#shared/qemu/vm-address.ts'
import { runningVms } from './proxmox-files.ts'
import { ProxmoxLink } from './proxmox-link.ts'

/** Every running VM of the Proxmox on this machine. */
export class ProxmoxPort implements VmPort {
  readonly name = 'proxmox:'
  readonly hasCheapJobs = true

  async list(): Promise<readonly VmPlace[]> {
    return (await runningVms()).map((vmid) => ({ id: `proxmox:${vmid}`, label: vmid }))
  }

  async open({ id }: VmPlace): Promise<VmLink> {
    const address = parseVmAddress(id)
    assert(address.ok && address.value.kind === 'proxmox', 'a place of this port is a VM of Proxmox')
    return ProxmoxLink.open(address.value, { timeouts: HOST_TIMEOUTS })
  }

  close(): void {}
}
