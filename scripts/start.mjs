// npm start [-- FILE]: sets up, then opens Weir with FILE (or the example) running. Without a display the same
// workspace runs headless for ten seconds.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { OUT, ROOT } from './setup/paths.mjs'
import { WrongInput } from './setup/run.mjs'
import { runScript, setUp } from './setup.mjs'

const EXAMPLE = path.join(ROOT, 'examples/noisy-neighbour.weir.json')
/** Chromium's own log lines, such as `[123:0101/120000.000:ERROR:bus.cc(407)] …`: no D-Bus, no GPU. All harmless here. */
const CHROMIUM_LOG_LINE = /^\[\d+:(\d+:)?\d{4}\/\d{6}\.\d+:(ERROR|WARNING|INFO)/

function askedFile([argument, extra]) {
  if (argument === undefined) return EXAMPLE
  if (extra !== undefined) throw new WrongInput(`${extra}: unexpected argument; usage: npm start -- FILE`)
  const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), argument)
  if (!fs.existsSync(file)) throw new WrongInput(`${file}: there is no such file; check the name.`)
  return file
}

/** Why no window can open, in one line; null when one can. */
function whyHeadless(missing) {
  if (process.platform !== 'linux') return null
  if (missing.libraries.length > 0) return `Electron's libraries are missing (${missing.libraries.join(', ')})`
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display'
  return null
}

/** Resolves to the exit code of a child that has the terminal; one that a signal ended broke. */
function untilExit(child) {
  // Ctrl-C reaches the child too; this process only waits for its clean end.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 3))
  })
}

function runHeadless(file) {
  const args = [path.join(OUT, 'app/cli.js'), 'run', file, '--duration', '10s']
  return untilExit(spawn(process.execPath, args, { stdio: 'inherit' }))
}

function openWindow(runtime, file) {
  // Chromium refuses its sandbox to root.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const { ELECTRON_RUN_AS_NODE: _never, ...env } = process.env
  const child = spawn(runtime.executable, [...asRoot, ROOT, '--run', file], {
    stdio: ['inherit', 'inherit', 'pipe'],
    env,
  })
  readline.createInterface({ input: child.stderr }).on('line', (line) => {
    if (!CHROMIUM_LOG_LINE.test(line)) console.error(line)
  })
  return untilExit(child)
}

await runScript(async () => {
  const file = askedFile(process.argv.slice(2))
  const { runtime, missing } = await setUp()
  const reason = whyHeadless(missing)
  if (reason !== null) {
    console.log(`${reason}: running ${path.basename(file)} headless for 10 s.`)
    return runHeadless(file)
  }
  if (runtime.note !== null) console.log(runtime.note)
  return openWindow(runtime, file)
})
