// What others named (VMs, disks, files) may hold anything: escape sequences, line ends, marks that turn the direction of
// writing. A terminal must not act on it. Half a surrogate pair is no character either.

const ACTED_ON = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** Text of several lines; line ends and tabs stay. */
export function printable(text: string): string {
  return text.replace(ACTED_ON, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
  })
}

/** A name inside a line. */
export function printableName(name: string): string {
  return printable(name).replace(/[\t\n]/g, (character) => (character === '\t' ? '\\t' : '\\n'))
}
