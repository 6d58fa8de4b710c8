import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runCli } from '../run-cli.ts'
import type { Terminal } from '../terminal.ts'

export interface Said {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** What `weir ARGV` prints and exits with; thin spaces are shown as spaces. */
export function callWeir(...argv: readonly string[]): Promise<Said> {
  return callWeirUntil(new AbortController().signal, ...argv)
}

/** The same, asked to end by `signal`. */
export function callWeirUntil(signal: AbortSignal, ...argv: readonly string[]): Promise<Said> {
  return called({ signal, out: [], err: [] }, argv)
}

/** `weir ARGV` while it runs: what it has printed so far, and its end. */
export function startWeir(...argv: readonly string[]) {
  const controller = new AbortController()
  const said = { signal: controller.signal, out: [] as string[], err: [] as string[] }
  const ended = called(said, argv)
  return {
    out: () => said.out.join('\n'),
    end: (): Promise<Said> => {
      controller.abort()
      return ended
    },
  }
}

async function called(
  { signal, out, err }: { readonly signal: AbortSignal; readonly out: string[]; readonly err: string[] },
  argv: readonly string[],
): Promise<Said> {
  const plain = (text: string) => text
  const terminal: Terminal = {
    print: (text) => out.push(text),
    complain: (text) => err.push(text),
    write: (text) => out.push(text),
    redraws: false,
    columns: () => 80,
    paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
  }
  const exit = await runCli(argv, { terminal, signal })
  return { exit, out: out.join('\n').replaceAll('\u2009', ' '), err: err.join('\n') }
}

/** A folder of the test's own: `write` puts a file there and tells its path, `remove` takes all away. */
export function ownFolder(prefix: string) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), prefix))
  return {
    folder,
    write(name: string, content: string | Uint8Array | object): string {
      const file = path.join(folder, name)
      const isData = typeof content === 'string' || content instanceof Uint8Array
      fs.writeFileSync(file, isData ? content : JSON.stringify(content))
      return file
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  }
}
