import { shellQuote } from '#shared/formats/text/shell-quoting.ts'

/** What puts the limits of a VM back, to be pasted into a shell. */
export function restoreCommand(address: string): string {
  return `weir lift ${shellQuote(address)} --restore`
}
