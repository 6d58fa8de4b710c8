import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './numbers.ts'

// 8. From spawn to exit of small commands, and from spawn to the first snapshot in the window.

export interface StartRow {
  readonly name: string
  readonly ms: number | null
  /** Why there is no figure. */
  readonly note: string
}

export async function measureStart(root: string, out: URL, rounds: number): Promise<readonly StartRow[]> {
  const cli = fileURLToPath(new URL('cli.js', out))
  const example = path.join(root, 'examples/noisy-neighbour.weir.json')
  const timed = (...args: readonly string[]) => {
    const times = Array.from({ length: rounds }, () => {
      const began = performance.now()
      const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`weir ${args.join(' ')} failed: ${stderr}`)
      return performance.now() - began
    })
    return median(times)
  }
  return [
    { name: 'node itself', ms: nodeMs(rounds), note: '' },
    { name: 'weir --help', ms: timed('--help'), note: '' },
    { name: 'weir check', ms: timed('check', example), note: '' },
    await windowStart(root, example, rounds),
  ]
}

function nodeMs(rounds: number): number {
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now()
    spawnSync(process.execPath, ['-e', ''])
    return performance.now() - began
  })
  return median(times)
}

async function windowStart(root: string, example: string, rounds: number): Promise<StartRow> {
  const name = 'window: first snapshot on screen'
  const absent = (note: string): StartRow => ({ name, ms: null, note })
  if (!process.env.DISPLAY && process.platform === 'linux') return absent('no display (run it under xvfb-run)')
  if (!existsSync(path.join(root, 'out/app/main.js'))) return absent('not built (npm run build)')
  const { _electron } = await import('@playwright/test')
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now()
    const app = await _electron.launch({ cwd: root, args: ['.', example] })
    try {
      const window = await app.firstWindow()
      await window.waitForSelector('[data-revision]:not([data-revision="0"])')
      times.push(performance.now() - began)
    } catch (error) {
      return absent(`it did not come: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    } finally {
      await app.close()
    }
  }
  return { name, ms: median(times), note: '' }
}
