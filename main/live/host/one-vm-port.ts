import { openLink } from '#main/live/open-link.ts'
import { labelOf } from '#main/live/qemu-label.ts'
import { formatVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import type { LinkOptions, VmLink } from '../vm-link.ts'
import { HOST_TIMEOUTS } from './folder-port.ts'
import type { VmPlace, VmPort } from './vm-port.ts'

/** A host of one VM, which is there whether it answers or not. */
export class OneVmPort implements VmPort {
  readonly name: string
  readonly #address: VmAddress
  readonly #mayTaint: LinkOptions['mayTaint']

  constructor(address: VmAddress, { mayTaint }: Pick<LinkOptions, 'mayTaint'> = {}) {
    this.#address = address
    this.#mayTaint = mayTaint
    this.name = formatVmAddress(address)
  }

  async list(): Promise<readonly VmPlace[]> {
    return [{ id: this.name, label: labelOf(this.#address, null) }]
  }

  open(): Promise<VmLink> {
    return openLink(this.#address, { timeouts: HOST_TIMEOUTS, mayTaint: this.#mayTaint })
  }

  close(): void {}
}
