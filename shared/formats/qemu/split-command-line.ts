import { failed, ok, type Result } from '#shared/issue.ts'
import { splitShellWords } from '../text/shell-quoting.ts'
import { shellStatements } from '../text/shell-statements.ts'
import { withVariables } from '../text/shell-variables.ts'
import { looksLikeThrottling } from '../unread-throttling.ts'
import { PROGRAM } from './qemu-command-lines.ts'

// The words of a command line: as typed in a shell or standing in a script, as `ps` shows it (quotes gone), or as
// /proc/PID/cmdline has it (NUL between the words).

export function wordsOfCommandLine(text: string): Result<readonly string[]> {
  if (text.includes('\0')) return ok(text.split('\0').filter((word) => word !== ''))
  if (looksLikePs(text)) return ok(splitBare(text))
  const statements = shellStatements(withJoinedOptions(text)).map((each) =>
    splitShellWords(each.text.replace(REDIRECTION, (_, plain?: string) => plain ?? ' ')),
  )
  const startsOne = statements.some(({ words }) => words.some((word) => PROGRAM.test(word)))
  const kept: string[] = []
  for (const { words, problem } of statements) {
    const isOwn = !startsOne || goesOn(kept, words)
    if (isOwn && problem !== null) {
      return failed([{ path: '', code: 'bad-quotes', message: `this is not a whole command line: ${problem}` }])
    }
    for (const word of words) if (isOwn || countsAnywhere(word)) kept.push(word)
  }
  return ok(withVariables(kept))
}

const QUOTED = /\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"/
/** What a shell takes out of a command, with its file; quotes and a placeholder such as `<image>` stay, in a group. */
const REDIRECTION = new RegExp(
  `(${QUOTED.source}|<[\\w.-]+>)|(?:(?<=\\s)\\d+|&)?(?:<<<|<>|[<>]&|>>|>\\||[<>])[ \\t]*(?:'[^']*'|"[^"]*"|[^\\s'"<>])*`,
  'g',
)

/**
 * A command of a script is QEMU's own with its program in it; lines may also go on without a backslash, with an option, the
 * value of the one before, or a word for each line.
 */
function goesOn(before: readonly string[], words: readonly string[]): boolean {
  const [first = ''] = words
  if (first.startsWith('-') || words.length === 1 || words.some((word) => PROGRAM.test(word))) return true
  return /^--?(drive|blockdev|object|device|set)$/.test(before.at(-1) ?? '')
}

/** Of the other commands: what they assign, and what may be a limit and is none that QEMU gets. */
function countsAnywhere(word: string): boolean {
  return /^[A-Za-z_]\w*=/.test(word) || (!word.startsWith('-') && looksLikeThrottling(word))
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

/** Quoted words and remarks of a script, and what `ps` shows: JSON without the quotes that a shell would need around it. */
const BARE_JSON = new RegExp(`${QUOTED.source}|(?<!\\S)#.*|(\\s\\{")`, 'g')

export function looksLikePs(text: string): boolean {
  return !text.includes('\0') && [...text.matchAll(BARE_JSON)].some(([, bare]) => bare !== undefined)
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
