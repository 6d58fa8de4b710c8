import { looksLikeThrottling } from '../unread-throttling.ts'

// Variables of a shell script: what the script itself assigns is put in, the rest is known to be missing.

const VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g

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

function expanded(word: string, values: ReadonlyMap<string, string>): string {
  return word.replace(VARIABLE, (whole, braced?: string, bare?: string) => values.get(braced ?? bare ?? '') ?? whole)
}

/** The words of one command, with what the commands before it assign; what it assigns itself goes into `values`. */
export function expandedStatement(words: readonly string[], values: Map<string, string>): readonly string[] {
  const now = words.map((word) => expanded(word, values))
  const assignments = /^(export|local|readonly|declare)$/.test(now[0] ?? '') ? now.slice(1) : now
  const parsed = assignments.flatMap((word) => {
    const [whole, name = '', value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? []
    return whole === undefined ? [] : [[name, value] as const]
  })
  // `LANG=C virsh …` assigns for that command alone.
  if (parsed.length < assignments.length) return now
  for (const [name, value] of parsed) {
    if (value.length <= MAX_VALUE_CHARS) values.set(name, value)
    else values.delete(name)
  }
  return now
}

/**
 * `words` with the variables that words before them assign (`IOPS=500`), which are left out themselves, unless they look
 * like throttling and nothing uses them: behind a program's name `iops=7` assigns nothing. What follows an option is its
 * value, whatever it looks like.
 */
export function withVariables(words: readonly string[]): readonly string[] {
  const values = new Map<string, string>()
  const used = new Set<string>()
  const expanded = words.map((word, index) => {
    const text = word.replace(VARIABLE, (whole, braced?: string, bare?: string) => {
      const name = braced ?? bare ?? ''
      if (values.has(name)) used.add(name)
      return values.get(name) ?? whole
    })
    const [assignment, name] = /^([A-Za-z_]\w*)=/.exec(text) ?? []
    if (assignment === undefined || name === undefined || words[index - 1]?.startsWith('-') === true)
      return { text, assigns: null }
    values.set(name, text.slice(assignment.length))
    return { text, assigns: name }
  })
  return expanded
    .filter(({ assigns }) => assigns === null || (looksLikeThrottling(assigns) && !used.has(assigns)))
    .map(({ text }) => text)
}
