// Variables of a shell script: what the script itself assigns is put in, the rest is known to be missing.

const VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g

/** `$NAME`, `${NAME:-…}`, `$(…)`, or `` `…` ``: a shell would put something else here. */
export function isVariable(text: string): boolean {
  return /\$[A-Za-z_{(]|`/.test(text)
}

/**
 * `words` with the variables that words before them assign (`IOPS=500`), which are left out themselves. What follows an
 * option is its value, whatever it looks like.
 */
export function withVariables(words: readonly string[]): readonly string[] {
  const values = new Map<string, string>()
  return words.flatMap((word, index): readonly string[] => {
    const text = word.replace(VARIABLE, (whole, braced?: string, bare?: string) => {
      return values.get(braced ?? bare ?? '') ?? whole
    })
    const [assignment, name] = /^([A-Za-z_]\w*)=/.exec(text) ?? []
    if (assignment === undefined || name === undefined || words[index - 1]?.startsWith('-') === true) return [text]
    values.set(name, text.slice(assignment.length))
    return []
  })
}
