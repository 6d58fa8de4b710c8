import os from 'node:os'
import path from 'node:path'

/** What must outlive this process and is nobody's document: $XDG_STATE_HOME/weir, or ~/.local/state/weir. */
export function stateFolder(): string {
  return path.join(process.env.XDG_STATE_HOME || path.join(os.homedir(), '.local/state'), 'weir')
}

/** Where window and command line both keep what is to be put back. */
export function usualLiftFolder(): string {
  return path.join(stateFolder(), 'lifts')
}
