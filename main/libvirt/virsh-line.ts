import { EngineError } from '#main/engine-error.ts'
import { shellQuote } from '#shared/formats/text/shell-quoting.ts'

/**
 * Words as one line of virsh's own shell. It takes quotes as a POSIX shell does and knows no variables; a control character
 * would end the line or be taken for a key, so none gets there. Throws EngineError.
 */
export function virshLine(words: readonly string[]): string {
  const bad = words.find((word) => /\p{Cc}/u.test(word))
  if (bad !== undefined) {
    throw new EngineError(
      'libvirt-refused',
      `${JSON.stringify(bad)} has control characters, which virsh takes for keys.`,
      'Give it a name without them.',
    )
  }
  return words.map(shellQuote).join(' ')
}
