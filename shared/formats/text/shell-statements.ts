// The commands of a script: its lines joined where a backslash or a quote goes on, and cut at `;`, `&&`, `||`, `|` and `&`
// outside quotes, and at the brackets of `( … )`. What a shell would expand is left as it is.

export interface Statement {
  readonly text: string
  /** 1-based, of its first character. */
  readonly line: number
  /** Behind `&&` or `||`, so that it depends on what was before. */
  readonly isConditional: boolean
}

/** Characters that mean something on the way through. */
const MEANING = /\\(?:\r\n|[\s\S])|['"#;&|\n()]|\$\(/g

export function shellStatements(text: string): readonly Statement[] {
  const statements: Statement[] = []
  let start = 0
  let line = 1
  let depth = 0
  const end = (at: number): void => {
    const piece = text.slice(start, at)
    const lead = /^\s*/.exec(piece)?.[0] ?? ''
    const first = line + countNewlines(lead)
    const isConditional = /^(&&|\|\|)$/.test(text.slice(Math.max(0, start - 2), start))
    if (piece.trim() !== '') statements.push({ text: piece.trim(), line: first, isConditional })
    line += countNewlines(piece)
  }
  const pattern = new RegExp(MEANING)
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const [token] = found
    if (token === "'" || token === '"') pattern.lastIndex = quoteEnd(text, found.index)
    else if (token === '$(') pattern.lastIndex = substitutionEnd(text, found.index)
    else if (token === '#' && isComment(text, found.index)) {
      const newline = text.indexOf('\n', found.index)
      pattern.lastIndex = newline < 0 ? text.length : newline
    } else if (token !== '#' && !token.startsWith('\\')) {
      if (isRedirection(text, found.index)) continue
      // Only where a command would begin is a bracket one of a list of commands.
      if (token === '(' && text.slice(start, found.index).trim() !== '') continue
      if (token === ')' && depth === 0) continue
      depth += token === '(' ? 1 : token === ')' ? -1 : 0
      end(found.index)
      if (token === '\n') line += 1
      start = found.index + 1
    }
  }
  end(text.length)
  return statements
}

/** `2>&1`, `&>file` and `>|file` are no ends of commands. */
function isRedirection(text: string, at: number): boolean {
  const [before, char, after] = [text.charAt(at - 1), text.charAt(at), text.charAt(at + 1)]
  if (char === '&') return before === '>' || after === '>'
  return char === '|' && before === '>'
}

/** A `#` begins a comment only where a word would begin. */
function isComment(text: string, at: number): boolean {
  return at === 0 || /[\s;&|(]/.test(text.charAt(at - 1))
}

/** Index behind the quote that closes the one at `at`; the end of the line where none does, as in prose (`VM's`). */
function quoteEnd(text: string, at: number): number {
  const quote = text.charAt(at)
  if (quote === "'") {
    const close = text.indexOf("'", at + 1)
    return close < 0 ? lineEnd(text, at) : close + 1
  }
  const pattern = /\\[\s\S]|"/g
  pattern.lastIndex = at + 1
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) if (found[0] === '"') return found.index + 1
  return lineEnd(text, at)
}

function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline < 0 ? text.length : newline
}

/** Behind the bracket that closes a `$(`; the end of the line where none does. */
function substitutionEnd(text: string, at: number): number {
  const end = lineEnd(text, at)
  let depth = 0
  for (let index = at + 1; index < end; index += 1) {
    const char = text.charAt(index)
    if (char === '(') depth += 1
    else if (char === ')') depth -= 1
    if (depth === 0) return index + 1
  }
  return end
}

function countNewlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
