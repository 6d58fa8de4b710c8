import path from 'node:path'
import type { VmAddress } from '#shared/qemu/vm-address.ts'

/** The address as it is meant from any folder: what is to be put back later may be so from elsewhere. */
export function absoluteAddress(address: VmAddress): VmAddress {
  return address.kind === 'unix' ? { ...address, path: path.resolve(address.path) } : address
}
