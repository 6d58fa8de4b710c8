import { failed, ok, type Result } from '#shared/issue.ts'
import { shellCommands } from '../text/shell-commands.ts'
import { QUOTED } from '../text/shell-quoting.ts'
import { isUnusedLimit, usedVariables } from '../text/shell-variables.ts'
import { looksLikeThrottling } from '../unread-throttling.ts'
import { withPlainOperators } from './plain-operators.ts'
import { indexOfProgram, takesNextWord } from './qemu-command-lines.ts'

// The words of a command line: as typed in a shell or standing in a script, as `ps` shows it (quotes gone), or as
// /proc/PID/cmdline has it (NUL between the words).

export interface CommandLineWords {
  readonly words: readonly string[]
  /** Commands that are none of QEMU's, though they have options of its disks or groups. */
  readonly others: readonly string[]
}

export function wordsOfCommandLine(text: string): Result<CommandLineWords> {
  if (text.includes('\0')) return ok({ words: text.split('\0').filter((word) => word !== ''), others: [] })
  if (looksLikePs(text)) return ok({ words: splitBare(text), others: [] })
  return wordsOfScript(withPlainOperators(withJoinedOptions(text)))
}

/** A command of a script is QEMU's own with its program in it, if any has one. */
function wordsOfScript(text: string): Result<CommandLineWords> {
  const used = usedVariables(text)
  const commands = shellCommands(text)
  const startsOne = commands.some(({ words }) => indexOfProgram(words) >= 0)
  const kept: string[] = []
  const others: string[] = []
  let isBegun = !startsOne
  for (const { text: command, words, problem, isAssignment } of commands) {
    const isValue = takesNextWord(kept.at(-1) ?? '')
    isBegun ||= indexOfProgram(words) >= 0
    if (isAssignment && !isValue) {
      for (const word of words) if (isUnusedLimit(word, used)) kept.push(word)
    } else if (!startsOne || isValue || (isBegun && goesOn(words))) {
      if (problem !== null)
        return failed([{ path: '', code: 'bad-quotes', message: `this is not a whole command line: ${problem}` }])
      for (const word of words) kept.push(word)
    } else if (words.some((word) => /^--?(drive|blockdev|object)(=|$)/.test(word))) others.push(command)
    else for (const word of words) if (!word.startsWith('-') && looksLikeThrottling(word)) kept.push(word)
  }
  return ok({ words: kept, others })
}

/**
 * Lines may also go on without a backslash, with an option or a word for each line; and a name with a space and an
 * operator in it does so after that: `-name guest=Tom & Jerry,debug-threads=on`, as `ps` shows it.
 */
function goesOn(words: readonly string[]): boolean {
  const [first = ''] = words
  return first.startsWith('-') || words.length === 1 || /^[^/]*,/.test(first) || indexOfProgram(words) >= 0
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
