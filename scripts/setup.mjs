// npm run setup: everything a machine with Node 20 and npm needs to run and test Weir. Shared by start and test;
// idempotent, silent when there is nothing to do. Imports nothing from node_modules before they are there.
import fs from 'node:fs'
import { pathToFileURL } from 'node:url'
import { buildApp } from './setup/build.mjs'
import { installDependencies } from './setup/dependencies.mjs'
import { currentRuntime, installRuntime } from './setup/electron-runtime.mjs'
import { withSetupLock } from './setup/lock.mjs'
import { NODE_MODULES } from './setup/paths.mjs'
import { SetupError, WrongInput } from './setup/run.mjs'
import { installSystemPackages } from './setup/system-packages.mjs'

const say = (line) => console.log(line)

/** Sets up. Resolves to the Electron runtime in place and what the machine lacks still. */
export async function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 18)) {
    throw new SetupError(`Weir needs Node 20.18 or newer; this is Node ${process.versions.node}.`)
  }
  return withSetupLock(say, async () => {
    await installDependencies(say)
    const runtime = await installRuntime(say)
    const missing = await installSystemPackages(runtime.executable, say)
    await buildApp(say)
    return { runtime, missing }
  })
}

/**
 * Runs a script's main function; a set-up that cannot go on is told in plain words. Exit codes are those of the command
 * line: 2 is wrong input, 3 something broke, and 1 stays free for a check that was not met.
 */
export async function runScript(main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    const isTold = error instanceof SetupError || error instanceof WrongInput
    console.error(isTold ? error.message : error)
    process.exitCode = error instanceof WrongInput ? 2 : 3
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runScript(async () => {
    const before = fs.existsSync(NODE_MODULES) ? currentRuntime() : null
    const { runtime } = await setUp()
    if (runtime.note !== null && before === null) say(runtime.note)
    return 0
  })
}
