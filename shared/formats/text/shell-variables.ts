import { looksLikeThrottling } from '../unread-throttling.ts'
import { type ShellWords, splitShellWords } from './shell-quoting.ts'
import type { Statement } from './shell-statements.ts'

// Variables of a shell script: what the script itself assigns is put in, command by command; the rest is known to be
// missing. Which branch of an `if` runs is not known, nor what a loop or `read` puts into a variable.

const VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g
const ASSIGNMENT = /^([A-Za-z_]\w*)(\+?)=(.*)$/s

/** `$NAME`, `${NAME:-…}`, `$(…)`, or `` `…` ``: a shell would put something else here. */
export function isVariable(text: string): boolean {
  return /\$[A-Za-z_{(]|`/.test(text)
}

/** The names that `script` makes use of. */
export function usedVariables(script: string): ReadonlySet<string> {
  return new Set([...script.matchAll(VARIABLE)].map(([, braced, bare]) => braced ?? bare ?? ''))
}

/** Longer ones are not kept: each line of a script could double one. */
const MAX_VALUE_CHARS = 4096
/** Of all values that are put into one text, which may use a long one many times. */
const MAX_PUT_IN_CHARS = 1024 * 1024

export interface ShellVariables {
  /** null: it is not known which value this one has. */
  readonly values: Map<string, string | null>
  /** `if`, `case` and loops that are open. */
  depth: number
  /** Of a text and of the scripts in its words together. */
  readonly budget: { leftChars: number }
}

/** `outer`: of the text that has this script in a word of its own, as `ssh` runs it, where its variables are unknown. */
export function newShellVariables(outer?: ShellVariables): ShellVariables {
  return { values: new Map(), depth: 0, budget: outer?.budget ?? { leftChars: MAX_PUT_IN_CHARS } }
}

/** The words of a command, with what those before it assign; nothing is put into single quotes. */
export function expandedWords(text: string, { values, budget }: ShellVariables): ShellWords {
  if (values.size === 0) return splitShellWords(text)
  return splitShellWords(text, (part) =>
    part.replace(VARIABLE, (whole, braced?: string, bare?: string) => {
      const value = values.get(braced ?? bare ?? '') ?? null
      if (value === null || value.length > budget.leftChars) return whole
      budget.leftChars -= value.length
      return value
    }),
  )
}

/** What the command with these words does to `variables`. True: it assigns, and nothing else. */
export function noteAssignments(words: readonly string[], variables: ShellVariables, by: Statement): boolean {
  let at = 0
  while (at < words.length) {
    const word = words[at] ?? ''
    const opens = /^(if|while|until|case|for|select)$/.test(word)
    const isPattern = variables.depth > 0 && word.endsWith(')')
    if (!opens && !isPattern && !/^(then|else|do|\{|!)$/.test(word)) break
    if (opens) variables.depth += 1
    if (word === 'for' || word === 'select') {
      forget(variables, words.slice(at + 1, at + 2))
      return false
    }
    // `case $1 in fast) …` on one line.
    if (word === 'case') while (at < words.length && words[at]?.endsWith(')') === false) at += 1
    at += 1
  }
  const [first = '', ...rest] = words.slice(at)
  if (/^(fi|done|esac)$/.test(first)) variables.depth = Math.max(0, variables.depth - 1)
  else if (first === 'unset' || first === 'read') forget(variables, rest)
  else return assign(words.slice(at), variables, by)
  return false
}

function forget({ values }: ShellVariables, names: readonly string[]): void {
  for (const name of names) if (/^[A-Za-z_]\w*$/.test(name)) values.set(name, null)
}

function assign(words: readonly string[], variables: ShellVariables, by: Statement): boolean {
  const isDeclared = /^(export|local|readonly|declare|typeset)$/.test(words[0] ?? '')
  const assignments = isDeclared ? words.slice(1).filter((word) => !word.startsWith('-')) : words
  const parsed = assignments.flatMap((word) => {
    const [whole, name = '', plus, value = ''] = ASSIGNMENT.exec(word) ?? []
    return whole === undefined ? [] : [{ name, value, isAdded: plus === '+' }]
  })
  // `LANG=C virsh …` assigns for that command alone.
  if (parsed.length === 0 || parsed.length < assignments.length) return false
  for (const { name, value, isAdded } of parsed) {
    const before = variables.values.get(name)
    const whole = isAdded ? (typeof before === 'string' ? before + value : null) : value
    const mayRun = variables.depth > 0 || by.isConditional
    const isSure = !mayRun || before === undefined || before === whole
    variables.values.set(name, whole !== null && isSure && whole.length <= MAX_VALUE_CHARS ? whole : null)
  }
  return true
}

/** An assignment that nothing makes use of may be meant as a limit; it is none: `iops=7` behind a program's name. */
export function isUnusedLimit(word: string, used: ReadonlySet<string>): boolean {
  const [, name = '', , value = ''] = ASSIGNMENT.exec(word) ?? []
  if (name === '' || used.has(name)) return false
  return looksLikeThrottling(name) || (/[=,]/.test(value) && looksLikeThrottling(value))
}
