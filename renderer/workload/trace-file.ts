import { invoke } from '../bridge/ipc.ts'
import { notify } from '../store/ui.ts'

/** Lets the user choose a recorded load; null: cancelled, or told why it cannot be. */
export async function chooseTrace(): Promise<string | null> {
  try {
    const chosen = await invoke('file/open-text', { purpose: 'trace' })
    return chosen?.path ?? null
  } catch (error) {
    notify('danger', 'The trace could not be opened.', error instanceof Error ? error.message : String(error))
    return null
  }
}
