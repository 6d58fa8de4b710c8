import { failed, ok, type Result } from '#shared/issue.ts'
import { splitShellWords } from '../text/shell-quoting.ts'
import { withVariables } from '../text/shell-variables.ts'

// The words of a command line: as typed in a shell or standing in a script, as `ps` shows it (quotes gone), or as
// /proc/PID/cmdline has it (NUL between the words).

export function wordsOfCommandLine(text: string): Result<readonly string[]> {
  if (text.includes('\0')) return ok(text.split('\0').filter((word) => word !== ''))
  if (looksLikePs(text)) return ok(splitBare(text))
  const { words, problem } = splitShellWords(withJoinedOptions(text))
  if (problem !== null) {
    return failed([{ path: '', code: 'bad-quotes', message: `this is not a whole command line: ${problem}` }])
  }
  return ok(withVariables(words))
}

/**
 * QEMU's documentation breaks options after a comma and indents the rest: `-drive driver=throttle,` with
 * `       throttle-group=g` on the next line. A doubled comma ends nothing.
 */
function withJoinedOptions(text: string): string {
  if (!/,[ \t]*\\?\r?\n/.test(text)) return text
  const parts: string[] = []
  let before = ''
  for (const line of text.split(/\r?\n/)) {
    const open = /(^|\s)#/.test(before) ? null : /^(.*[^,](?:,,)*,)[ \t]*\\?$/.exec(before)
    if (open?.[1] !== undefined && /^[ \t]+[^\s#-]/.test(line)) {
      parts[parts.length - 1] = open[1]
      parts.push(line.trimStart())
    } else {
      parts.push(parts.length === 0 ? '' : '\n', line)
    }
    before = parts[parts.length - 1] ?? ''
  }
  return parts.join('')
}

/** `ps` shows JSON without the quotes that a shell would need around it. */
export function looksLikePs(text: string): boolean {
  return !text.includes('\0') && /\s\{"/.test(text)
}

/** White space separates, but not inside a word that starts with a brace. */
function splitBare(text: string): readonly string[] {
  const words: string[] = []
  const pattern = /\S+/g
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    if (!found[0].startsWith('{')) {
      if (found[0] !== '\\') words.push(found[0])
      continue
    }
    const end = braceEnd(text, found.index)
    words.push(text.slice(found.index, end))
    pattern.lastIndex = end
  }
  return words
}

function braceEnd(text: string, start: number): number {
  const pattern = /["{}\\]/g
  pattern.lastIndex = start
  let depth = 0
  let inString = false
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    if (found[0] === '\\') pattern.lastIndex += 1
    else if (found[0] === '"') inString = !inString
    else if (!inString) depth += found[0] === '{' ? 1 : -1
    if (depth === 0) return found.index + 1
  }
  return text.length
}
