// Words of a POSIX shell, there and back.

/** A backslash with what it hides, or a quoted piece. */
export const QUOTED = /\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"/

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/

/** As it must stand in a shell line to come out as `word`. */
export function shellQuote(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

const ASSIGNED = /^[A-Za-z_]\w*\+?=/

export interface ShellWords {
  readonly words: readonly string[]
  /** Why the line does not end as a shell wants it; null: it does. */
  readonly problem: string | null
}

/**
 * The words of a command line as a shell would see them: quotes, backslashes, line continuations and comments. Globs and `~`
 * stay as they are, and so does `$HOME` but for what `expand` makes of each piece outside single quotes. White space that it
 * brings along ends a word, outside quotes and but for `NAME=$VALUE`.
 */
export function splitShellWords(text: string, expand: (piece: string) => string = (piece) => piece): ShellWords {
  const words: string[] = []
  let word: string | null = null
  let isAssigned = false
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) return { words, problem: 'a single quote is not closed' }
      word = (word ?? '') + text.slice(at + 1, end)
      at = end + 1
    } else if (char === '"') {
      const quoted = readDoubleQuoted(text, at + 1, expand)
      if (quoted === null) return { words, problem: 'a double quote is not closed' }
      word = (word ?? '') + quoted.value
      at = quoted.end
    } else if (char === '\\') {
      const next = text.startsWith('\r\n', at + 1) ? '\r\n' : text.charAt(at + 1)
      if (next !== '\n' && next !== '\r\n') word = (word ?? '') + next
      at += 1 + next.length
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
      at += 1
    } else if (char === '#' && word === null) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else {
      const plain = plainRun(text, at)
      const put = expand(plain)
      if (word === null) isAssigned = ASSIGNED.test(plain)
      for (const [index, piece] of (isAssigned ? [put] : put.split(/\s+/)).entries()) {
        if (index > 0 && word !== null) words.push(word)
        if (index > 0) word = null
        if (piece !== '') word = (word ?? '') + piece
      }
      at += plain.length
    }
  }
  if (word !== null) words.push(word)
  return { words, problem: null }
}

/** From `at`, all up to the next character that means something; at least one. */
function plainRun(text: string, at: number): string {
  const pattern = /[^\s'"\\]+/y
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? text.charAt(at)
}

function readDoubleQuoted(
  text: string,
  start: number,
  expand: (piece: string) => string,
): { readonly value: string; readonly end: number } | null {
  const parts: string[] = []
  let at = start
  for (;;) {
    const pattern = /["\\]/g
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (!found) return null
    parts.push(expand(text.slice(at, found.index)))
    if (found[0] === '"') return { value: parts.join(''), end: found.index + 1 }
    const next = text.startsWith('\r\n', found.index + 1) ? '\r\n' : text.charAt(found.index + 1)
    if (next === '') return null
    if (next !== '\n' && next !== '\r\n') parts.push('"\\$`'.includes(next) ? next : `\\${next}`)
    at = found.index + 1 + next.length
  }
}
