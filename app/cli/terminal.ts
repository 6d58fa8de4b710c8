import { harmless } from '#shared/printable.ts'

/** Where a command writes. Results go to stdout, everything about the run itself to stderr. */
export interface Terminal {
  /** Writes `text` and a line end to stdout. */
  print(text: string): void
  /** Writes `text` and a line end to stderr. */
  complain(text: string): void
  /** Writes to stdout without a line end: results as they stand, partial lines, Weir's own control sequences. */
  write(text: string): void
  /** Whether stdout is a terminal that can redraw; else plain lines. */
  readonly redraws: boolean
  /** Width of the terminal now; 80 where there is none. */
  columns(): number
  /** Lines of the terminal now; left out where it does not redraw. */
  readonly rows?: () => number
  /** Calls `listener` with each key that is pressed, until its undo is called; left out where there is no keyboard. */
  readonly onKey?: (listener: (key: string) => void) => () => void
  /** Text colours by meaning; plain text where colours are not wanted (no terminal, NO_COLOR, TERM=dumb). */
  readonly paint: Paint
}

export interface Paint {
  dim(text: string): string
  bold(text: string): string
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
}

const sgr = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`
const plain = (text: string) => text

const COLOURED: Paint = { dim: sgr(2, 22), bold: sgr(1, 22), good: sgr(32, 39), bad: sgr(31, 39), warn: sgr(33, 39) }
const PLAIN: Paint = { dim: plain, bold: plain, good: plain, bad: plain, warn: plain }

/** Weir's own sequences: colours, lines up, and clearing below. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const OWN = /\u001b\[(?:1|2|22|31|32|33|39)m|^\u001b\[\d{1,4}A\u001b\[0J/g

/**
 * The one way of any text to a terminal. Names, file names and servers' errors are foreign: a terminal must not act on
 * them, so that everything is made harmless but the sequences that Weir itself writes.
 */
export function shown(text: string): string {
  let safe = ''
  let from = 0
  for (const found of text.matchAll(OWN)) {
    safe += harmless(text.slice(from, found.index)) + found[0]
    from = found.index + found[0].length
  }
  return safe + harmless(text.slice(from))
}

/**
 * The terminal of this process. `onBroken` hears once that nothing more can be written: whoever reads has what it wanted,
 * as in `weir run … | head` (null), or why not. What a command has begun on a VM it still ends.
 */
export function processTerminal(onBroken: (why: string | null) => void): Terminal {
  const { stdin, stdout, stderr, env } = process
  const redraws = stdout.isTTY === true && env.TERM !== 'dumb'
  let isBroken = false
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isBroken) return
    isBroken = true
    onBroken(error.code === 'EPIPE' ? null : error.message)
  })
  // Who closes stderr does not want to hear; the exit code still tells.
  stderr.on('error', () => {})
  return {
    print: (text) => void (isBroken || stdout.write(`${shown(text)}\n`)),
    complain: (text) => stderr.write(`${shown(text)}\n`),
    // A file or a program takes the text exactly as it is; only a terminal acts on what is in it.
    write: (text) => void (isBroken || stdout.write(stdout.isTTY === true ? shown(text) : text)),
    redraws,
    columns: () => stdout.columns ?? 80,
    ...(redraws ? { rows: () => stdout.rows ?? 24 } : {}),
    ...(redraws && stdin.isTTY ? { onKey } : {}),
    paint: redraws && env.NO_COLOR === undefined ? COLOURED : PLAIN,
  }
}

/** Keys one by one, without an echo. Ctrl-C then is a key, too: it goes on being the signal that it is. */
function onKey(listener: (key: string) => void): () => void {
  const { stdin } = process
  const read = (text: string): void => {
    for (const key of text) {
      if (key === '\u0003') process.kill(process.pid, 'SIGINT')
      else listener(key)
    }
  }
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.on('data', read)
  stdin.resume()
  return () => {
    stdin.off('data', read)
    stdin.setRawMode(false)
    stdin.pause()
  }
}
