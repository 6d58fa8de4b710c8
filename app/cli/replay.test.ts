import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runCli } from './run-cli.ts'
import type { Terminal } from './terminal.ts'

const VECTORS = fileURLToPath(new URL('../../main/replay/fixtures/vectors/', import.meta.url))

async function weir(...argv: readonly string[]): Promise<{ exit: number; out: string }> {
  const lines: string[] = []
  const plain = (text: string) => text
  const terminal: Terminal = {
    print: (text) => lines.push(text),
    complain: (text) => lines.push(text),
    write: (text) => lines.push(text),
    redraws: false,
    columns: () => 80,
    paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
  }
  const exit = await runCli(argv, { terminal, signal: new AbortController().signal })
  return { exit, out: lines.join('\n') }
}

test('every recorded answer is met through the command line', async () => {
  const files = readdirSync(VECTORS)
  const answers = await Promise.all(files.map((file) => weir('replay', '--check', VECTORS + file)))
  expect(answers.filter((answer) => answer.exit !== 0)).toEqual([])
  expect(answers).toHaveLength(97)
})

test('the answer is printed as JSON in the recorded form', async () => {
  const { exit, out } = await weir('replay', `${VECTORS}rate-1-iops.json`)
  expect(exit).toBe(0)
  expect(JSON.parse(out).completions.d0.read.slice(0, 4)).toEqual([0, 900_000_000, 1_900_000_000, 2_900_000_000])
})

test('an answer that differs by a nanosecond exits 1 and tells where', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'weir-replay-'))
  const file = path.join(folder, 'vector.json')
  const vector = JSON.parse(readFileSync(`${VECTORS}rate-1-iops.json`, 'utf8'))
  vector.expected.completions.d0.read[1] += 1
  writeFileSync(file, JSON.stringify(vector))
  const answer = await weir('replay', '--check', file)
  rmSync(folder, { recursive: true })
  expect(answer.exit).toBe(1)
  expect(answer.out).toContain('completions.d0.read[1]: 900000000, QEMU 900000001')
})
