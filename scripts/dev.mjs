// npm run dev [-- FILE]: sets up, then opens Weir from the sources. A change to the window is shown at once, its state
// kept; a change to the main process, the preload or an iothread builds and starts the app again.

import { spawn } from 'node:child_process'
import path from 'node:path'
import { NODE_MODULES, ROOT } from './setup/paths.mjs'
import { runScript, setUp } from './setup.mjs'

const ELECTRON_VITE = path.join(NODE_MODULES, 'electron-vite/bin/electron-vite.js')

/** Chromium refuses its sandbox to root. */
const SANDBOX = process.getuid?.() === 0 ? ['--noSandbox'] : []

await runScript(async () => {
  const files = process.argv.slice(2).map((file) => path.resolve(process.env.INIT_CWD ?? process.cwd(), file))
  const { runtime, missing } = await setUp()
  if (runtime.note !== null) console.log(runtime.note)
  if (missing.libraries.length > 0) {
    console.error(`Electron's libraries are missing (${missing.libraries.join(', ')}): no window can open.`)
    return 3
  }
  const toApp = files.length > 0 ? ['--', ...files] : []
  const { ELECTRON_RUN_AS_NODE: _never, ...env } = process.env
  const child = spawn(process.execPath, [ELECTRON_VITE, 'dev', '--watch', ...SANDBOX, ...toApp], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  })
  process.on('SIGINT', () => {}) // Ctrl-C reaches the child too
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 3)))
})
