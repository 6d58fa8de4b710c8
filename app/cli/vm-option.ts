import { failed, type Result } from '#shared/issue.ts'
import { ownerWords, socketOwner } from '#shared/qemu/socket-owner.ts'
import { parseVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import type { OptionValues } from './command.ts'
import { textOption } from './options.ts'
import type { Terminal } from './terminal.ts'

/** `--vm ADDR`, or `--qmp ADDR` as it was called before libvirt could be one; one of them must be given. */
export function vmOption(options: OptionValues): Result<VmAddress> {
  const name = options.vm === undefined && options.qmp !== undefined ? 'qmp' : 'vm'
  const text = textOption(options, name, null)
  if (text === null) {
    return failed([
      {
        path: '--vm',
        code: 'missing-option',
        message:
          'this is missing; say --vm unix:PATH, --vm tcp:HOST:PORT, --vm libvirt:URI#DOMAIN or --vm proxmox:VMID',
      },
    ])
  }
  const parsed = parseVmAddress(text)
  return parsed.ok ? parsed : failed(parsed.issues.map((issue) => ({ ...issue, path: `--${name}` })))
}

/** Whether a VM was named at all. */
export function namesVm(options: OptionValues): boolean {
  return options.vm !== undefined || options.qmp !== undefined
}

/** A VM that is named as an argument or by `--vm`. */
export function oneVm(text: string | undefined, options: OptionValues): Result<VmAddress> {
  if (text === undefined) return vmOption(options)
  if (!namesVm(options)) return parseVmAddress(text)
  return failed([{ path: text, code: 'extra-argument', message: 'name the VM once: as an argument, or by --vm' }])
}

/** Before a socket is opened that another program needs: whose it is. */
export function warnOfOwner(address: VmAddress, { complain, paint }: Terminal): void {
  const owner = address.kind === 'unix' ? socketOwner(address) : null
  if (owner?.kind === 'proxmox')
    complain(paint.warn(`${ownerWords(owner)} proxmox:${owner.vm} holds it only while Weir looks.`))
}
