import { shellQuote } from '#shared/formats/text/shell-words.ts'
import { formatQmp, type QmpCommand } from './qmp-commands.ts'

/** What changes a VM: a command of QMP, or the words of one of virsh. */
export type VmCommand = QmpCommand | VirshCommand

export interface VirshCommand {
  readonly virsh: readonly string[]
}

export function isVirshCommand(command: VmCommand): command is VirshCommand {
  return 'virsh' in command
}

/** One line, as somebody could send it by hand. virsh reads words as a shell does. */
export function formatVmCommand(command: VmCommand): string {
  return isVirshCommand(command) ? `virsh ${command.virsh.map(shellQuote).join(' ')}` : formatQmp(command)
}
