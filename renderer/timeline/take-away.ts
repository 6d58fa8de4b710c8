import { invoke, reportFailure } from '../bridge/ipc.ts'
import { announce, notify } from '../store/ui.ts'

/** To the clipboard, one command a line. */
export function copyCommands(lines: readonly string[]): void {
  reportFailure(
    copy(`${lines.join('\n')}\n`, lines.length === 1 ? 'Command copied.' : `${lines.length} commands copied.`),
  )
}

export function copyText(text: string, said: string): void {
  reportFailure(copy(text, said))
}

async function copy(text: string, said: string) {
  const outcome = await invoke('clipboard/write', { text })
  if (outcome.ok) announce(said)
  return outcome
}

/** Asks where, writes the file and says so. */
export function saveText(suggestedName: string, text: string): void {
  reportFailure(save(suggestedName, text))
}

async function save(suggestedName: string, text: string) {
  const outcome = await invoke('file/save-text', { suggestedName, text })
  if (outcome.ok && outcome.fileName !== undefined) notify('ok', `Saved as ${outcome.fileName}.`)
  return outcome
}
