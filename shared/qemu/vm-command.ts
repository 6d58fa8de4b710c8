import { shellQuote } from '#shared/formats/text/shell-quoting.ts'
import { formatQmp, type QmpCommand } from './qmp-commands.ts'

/** What changes a VM: a command of QMP, or the words of one of virsh or of Proxmox's qm. */
export type VmCommand = QmpCommand | VirshCommand | QmCommand

export interface VirshCommand {
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

/** One line, as somebody could send it by hand. virsh reads words as a shell does. */
export function formatVmCommand(command: VmCommand): string {
  if (isQmCommand(command)) return `qm ${command.qm.map(shellQuote).join(' ')}`
  return isVirshCommand(command) ? `virsh ${command.virsh.map(shellQuote).join(' ')}` : formatQmp(command)
}
