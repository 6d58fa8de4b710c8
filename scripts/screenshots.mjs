// npm run screenshots: sets up, drives the real app and writes docs/pictures. Without a display of its own it takes a
// virtual one.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { NODE_MODULES, ROOT } from './setup/paths.mjs'
import { runScript, setUp } from './setup.mjs'

const SCREEN = '-screen 0 1600x1000x24'
const PLAYWRIGHT = path.join(NODE_MODULES, '@playwright/test/cli.js')

await runScript(async () => {
  await setUp()
  const playwright = [process.execPath, PLAYWRIGHT, 'test', ...process.argv.slice(2)]
  const [program, ...args] = process.platform === 'linux' ? ['xvfb-run', '-a', '-s', SCREEN, ...playwright] : playwright
  const child = spawn(program, args, { cwd: ROOT, env: { ...process.env, WEIR_PICTURES: '1' }, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
})
