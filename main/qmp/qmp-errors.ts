import { EngineError, NotRunningError } from '#main/engine-error.ts'
import { formatQmpAddress, type QmpAddress } from '#shared/qemu/qmp-address.ts'
import { ownerAdvice, ownerWords, type SocketOwner } from '#shared/qemu/socket-owner.ts'

// One clear sentence for each way in which a connection does not come about or ends.

export function connectError(address: QmpAddress, cause: NodeJS.ErrnoException): EngineError {
  const where = formatQmpAddress(address)
  const place = address.kind === 'unix' ? address.path : `${address.host}:${address.port}`
  switch (cause.code) {
    case 'ENOENT':
      return new NotRunningError('file-missing', `There is no socket at ${place}.`, noSocketAdvice, { cause })
    case 'ENOTSOCK':
      return notASocketError(place, cause)
    case 'ECONNREFUSED':
      return refused(address, place, cause)
    case 'EAGAIN':
      return busyError(where, cause)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new EngineError('qmp-refused', `Host not found: ${where}.`, 'Check its spelling.', { cause })
    default:
      return new EngineError(
        'qmp-lost',
        `${where} cannot be reached: ${cause.message}.`,
        'Check address and network.',
        {
          cause,
        },
      )
  }
}

export function notASocketError(path: string, cause?: unknown): EngineError {
  return new EngineError('qmp-refused', `${path} is not a socket.`, noSocketAdvice, { cause })
}

export function libvirtsOwnError(where: string, owner: SocketOwner): EngineError {
  return new EngineError('qmp-refused', `${where} is not opened. ${ownerWords(owner)}`, ownerAdvice(owner))
}

/** By the user, or by Weir itself. */
export function closedError(where: string): EngineError {
  return new EngineError('cancelled', `The connection to ${where} was closed.`, '')
}

/** In a folder of libvirt's lies a monitor of a VM that libvirt runs: it is the better way to it, whatever is wrong here. */
export function withLibvirtAdvice(address: QmpAddress, error: EngineError): EngineError {
  const isLibvirts = address.kind === 'unix' && /(?:^|\/)libvirt\//.test(address.path)
  if (!isLibvirts || error.code === 'cancelled' || error.advice.includes('libvirt:')) return error
  const { code, message, advice, cause } = error
  const Kind = error instanceof NotRunningError ? NotRunningError : EngineError
  return new Kind(code, message, `${advice} libvirt runs this VM: libvirt:URI#DOMAIN needs no socket.`, {
    cause,
  })
}

const noSocketAdvice =
  'Check the path. QEMU makes the socket when it starts with -qmp unix:PATH,server=on,wait=off, and removes it when it ends.'

function refused(address: QmpAddress, place: string, cause: Error): EngineError {
  if (address.kind === 'tcp') {
    return new NotRunningError(
      'qmp-refused',
      `Nothing listens at ${place}.`,
      'Check host and port, and that QEMU runs with -qmp tcp:HOST:PORT,server=on,wait=off.',
      { cause },
    )
  }
  return new NotRunningError(
    'qmp-refused',
    `Nothing listens at ${place}: the QEMU that made this socket has ended.`,
    'Start the VM again; the socket is recreated.',
    { cause },
  )
}

/** The socket takes the connection and says nothing: QEMU serves one client at a time, and hangs look the same. */
export function busyError(where: string, cause?: unknown): EngineError {
  return new EngineError(
    'qmp-busy',
    `${where} sends no QMP greeting: another client holds this QMP socket, or QEMU is stuck.`,
    'QEMU serves one client per socket. Close the other one; for a VM of libvirt use libvirt:URI#DOMAIN instead of its socket, or give QEMU a second one: -qmp unix:PATH,server=on,wait=off.',
    { cause },
  )
}

export function timeoutError(command: string, seconds: number): EngineError {
  return new EngineError(
    'qmp-timeout',
    `QEMU has not answered ${command} within ${seconds} s.`,
    'QEMU may be stuck, for instance on a dead network disk. Weir cannot tell whether the command still takes effect.',
  )
}

export function lostError(where: string, cause?: unknown): EngineError {
  return new EngineError(
    'qmp-lost',
    `The connection to ${where} has ended: QEMU quit, or closed it.`,
    'Weir connects again as soon as the socket answers.',
    { cause },
  )
}

export function closedEarlyError(where: string): EngineError {
  return new EngineError(
    'qmp-refused',
    `${where} closed the connection without a greeting.`,
    'Check that it is a QMP socket, and that QEMU is not just quitting.',
  )
}

/** A server that breaks the rules after a good greeting. */
export function confusedError(why: string): EngineError {
  return new EngineError('qmp-refused', `The server violates the QMP protocol: ${why}.`, 'Check what listens there.')
}

/** The world's errors are expected and returned; a defect is thrown on. */
export function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  throw error
}
