// npm run window-board -- [--app FOLDER…] [--rounds N] [--trace FOLDER]: see window-board.ts. Needs the built app, and a display or xvfb-run.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runBuilt } from './run-built.mjs'

const isShown =
  process.platform !== 'linux' || process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined
process.exitCode = isShown ? await runBuilt('bench/window-board.ts', 'windowBoard') : runInX()

function runInX() {
  const again = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const { status, error } = spawnSync('xvfb-run', ['-a', '-s', '-screen 0 1600x1000x24', ...again], {
    stdio: 'inherit',
  })
  if (error) console.error(`There is no display, and xvfb-run cannot be started: ${error.message}`)
  return status ?? 1
}
