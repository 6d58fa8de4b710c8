/** Where a command writes. Results go to stdout, everything about the run itself to stderr. */
export interface Terminal {
  /** Writes `text` and a line end to stdout. */
  print(text: string): void
  /** Writes `text` and a line end to stderr. */
  complain(text: string): void
  /** Writes to stdout as it stands: control sequences, partial lines. */
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

/** The terminal of this process. What cannot be written any more ends it: there is nobody to tell. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  const redraws = stdout.isTTY === true && env.TERM !== 'dumb'
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `weir run … | head` closes the pipe early: the reader has what it wanted, which is no failure of ours.
    if (error.code === 'EPIPE') process.exit(0)
    stderr.write(`weir: the output cannot be written: ${error.message}\n`)
    process.exit(3)
  })
  // Who closes stderr does not want to hear; the exit code still tells.
  stderr.on('error', () => {})
  return {
    print: (text) => stdout.write(`${text}\n`),
    complain: (text) => stderr.write(`${text}\n`),
    write: (text) => stdout.write(text),
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
