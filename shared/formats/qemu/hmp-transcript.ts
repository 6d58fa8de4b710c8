// A session of the human monitor as a terminal shows it: commands behind `(qemu)`, and what QEMU printed after each. A
// text without that prompt is a list of commands, or what `info block` printed.

export interface OutputLine {
  readonly text: string
  readonly line: number
}

export interface HmpEntry {
  readonly command: string
  readonly line: number
  /** Behind a prompt, so that it is a command, whatever it is about. */
  readonly isTyped: boolean
  readonly output: readonly OutputLine[]
}

const PROMPT = /^\s*\(qemu\)\s*/
const NOT_A_COMMAND = /^(\s|#|$)|^QEMU \S+ monitor/
/** `d0 (#block123): file.img (qcow2)`, `d0: [not inserted]`. */
const HEADER = /^\S.*: (.+ \([\w-]+(, [\w -]+)*\)|\[not inserted\])$/

export function hmpEntries(text: string): readonly HmpEntry[] {
  const lines = text.split(/\r?\n/).map((raw, index) => ({ text: withoutEscapes(raw), line: index + 1 }))
  return lines.some((each) => PROMPT.test(each.text)) ? session(lines) : list(lines)
}

/** What terminals are told, such as to clear the line. */
function withoutEscapes(text: string): string {
  return text.includes('\u001b') ? text.replaceAll('\u001b', '').replace(/\[[0-9;]*[A-Za-z]/g, '') : text
}

function session(lines: readonly OutputLine[]): readonly HmpEntry[] {
  const entries: (HmpEntry & { output: OutputLine[] })[] = []
  for (const each of lines) {
    const prompt = PROMPT.exec(each.text)
    if (prompt === null) entries.at(-1)?.output.push(each)
    else {
      const command = each.text.slice(prompt[0].length).trim()
      entries.push({ command, line: each.line, isTyped: true, output: [] })
    }
  }
  return entries.filter(({ command }) => command !== '')
}

/** Views belong together, so that everything indented stays with its disk. */
function list(lines: readonly OutputLine[]): readonly HmpEntry[] {
  const views = lines.some(({ text }) => HEADER.test(text))
  if (views) return [{ command: 'info block', line: 1, isTyped: false, output: lines }]
  return lines.flatMap(({ text, line }) =>
    NOT_A_COMMAND.test(text.trim()) ? [] : [{ command: text.trim(), line, isTyped: false, output: [] }],
  )
}
