import { failed, type Result } from '#shared/issue.ts'
import { parseQmpAddress, type QmpAddress } from '#shared/qemu/qmp-address.ts'
import { ownerWords, socketOwner } from '#shared/qemu/socket-owner.ts'
import type { OptionValues } from './command.ts'
import { textOption } from './options.ts'
import type { Terminal } from './terminal.ts'

/** `--qmp ADDR`, which must be given. */
export function qmpOption(options: OptionValues): Result<QmpAddress> {
  const text = textOption(options, 'qmp', null)
  if (text === null) {
    return failed([
      { path: '--qmp', code: 'missing-option', message: 'this is missing; say --qmp unix:PATH or --qmp tcp:HOST:PORT' },
    ])
  }
  const parsed = parseQmpAddress(text)
  return parsed.ok ? parsed : failed(parsed.issues.map((issue) => ({ ...issue, path: '--qmp' })))
}

/** Before a socket is opened that another program needs: whose it is. */
export function warnOfOwner(address: QmpAddress, { complain, paint }: Terminal): void {
  const owner = socketOwner(address)
  if (owner?.kind === 'proxmox') complain(paint.warn(ownerWords(owner)))
}
