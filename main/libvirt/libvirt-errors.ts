import { EngineError, NotRunningError } from '#main/engine-error.ts'
import { formatVmCommand } from '#shared/qemu/vm-command.ts'

// One clear sentence for each way in which libvirt is not reached or says no.

export function noVirshError(cause: unknown): EngineError {
  return new EngineError(
    'file-missing',
    'virsh is not installed, and Weir needs it to reach libvirt.',
    'Install libvirt-clients (Debian, Ubuntu), libvirt-client (Fedora, RHEL, openSUSE) or libvirt (Arch).',
    { cause },
  )
}

/** virsh ended: it was never connected, or libvirt closed the connection. */
export function unconnected(uri: string, errors: string): EngineError {
  const words = wordsOf(errors)
  if (/permission denied|authentication|access denied/i.test(words)) {
    return new EngineError(
      'permission',
      `libvirt at ${uri} denies access: ${words}.`,
      'Join the group libvirt, or name a URI that you may use (qemu:///session for VMs of your own).',
    )
  }
  return libvirtGoneError(uri, words)
}

export function libvirtGoneError(uri: string, words: string): EngineError {
  const why = wordsOf(words)
  return new EngineError(
    'qmp-lost',
    `libvirt at ${uri} does not answer${why === '' ? '' : `: ${why}`}.`,
    `Check that libvirtd (or virtqemud) runs, and the URI: ${formatVmCommand({ connect: uri, virsh: ['list'] })}`,
  )
}

/** By the user, or by Weir itself. */
export function libvirtClosed(uri: string): EngineError {
  return new EngineError('cancelled', `The connection to libvirt:${uri} was closed.`, '')
}

export function libvirtTimeout(uri: string, name: string, seconds: number): EngineError {
  return new EngineError(
    'qmp-timeout',
    `libvirt at ${uri} has not answered ${name} within ${seconds} s.`,
    'libvirt or the VM may be stuck. Weir cannot tell whether the command still takes effect.',
  )
}

export function libvirtRefusal(errors: string): EngineError {
  const Kind = /failed to get domain|domain is not running/i.test(errors) ? NotRunningError : EngineError
  return new Kind('libvirt-refused', `libvirt says: ${wordsOf(errors)}.`, '')
}

/** `error: Unable to …` and `error: invalid argument: …` as one text without a full stop. */
function wordsOf(errors: string): string {
  const lines = errors.split('\n').map((line) => line.replace(/^error: */, '').trim())
  return lines
    .filter((line) => line !== '')
    .join(': ')
    .replace(/\.$/, '')
}
