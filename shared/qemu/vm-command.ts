import { shellQuote } from '#shared/formats/text/shell-quoting.ts'
import { formatQmp, type QmpCommand } from './qmp-commands.ts'

/** What changes a VM: a command of QMP, or the words of one of virsh or of Proxmox's qm. */
export type VmCommand = QmpCommand | VirshCommand | QmCommand

export interface VirshCommand {
  /** URI of the libvirt that it is for. */
  readonly connect: string
  readonly virsh: readonly string[]
}

export interface QmCommand {
  readonly qm: readonly string[]
}

export function isQmCommand(command: VmCommand): command is QmCommand {
  return 'qm' in command
}

export function isQmpCommand(command: VmCommand): command is QmpCommand {
  return 'execute' in command
}

export function isVirshCommand(command: VmCommand): command is VirshCommand {
  return 'virsh' in command
}

/**
 * One line, as somebody could send it by hand. virsh reads words as a shell does. Which libvirt it asks without a URI depends
 * on who types it: root's is another one than a user's.
 */
export function formatVmCommand(command: VmCommand): string {
  if (isQmCommand(command)) return `qm ${command.qm.map(shellQuote).join(' ')}`
  if (!isVirshCommand(command)) return formatQmp(command)
  return ['virsh', '-c', ...[command.connect, ...command.virsh].map(shellQuote)].join(' ')
}
