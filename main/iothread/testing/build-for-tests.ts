import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { assert } from '#shared/assert.ts'

// A worker needs JavaScript in a file, and so does the command line as a process of its own. Both are built from the
// sources once for all test files of a run: the first that asks builds, the others wait. `scripts/test/build-folder.mjs`
// makes the folder and takes it away.

const ROOT = path.resolve(import.meta.dirname, '../../..')
const PATIENCE_MS = 110_000
const LOOK_MS = 50

async function buildInto(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    root: ROOT,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20.18',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: {
          cli: path.join(ROOT, 'app/cli.ts'),
          iothread: path.join(ROOT, 'main/iothread/iothread.ts'),
          'part-worker': path.join(ROOT, 'main/predict/part-worker.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  })
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
  // What is not bundled, being no JavaScript.
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
}

/** Waits until another file of the run has built. */
async function untilThere(done: string): Promise<void> {
  for (let waitedMs = 0; !fs.existsSync(done); waitedMs += LOOK_MS) {
    assert(waitedMs < PATIENCE_MS, 'the file that builds ends its build')
    await sleep(LOOK_MS)
  }
}

/** The folder with `cli.js`, `iothread.js` and `part-worker.js` of this run's sources. */
export async function buildForTests(): Promise<string> {
  const folder = process.env.WEIR_TEST_BUILD
  assert(folder !== undefined, 'the tests were started with scripts/test/build-folder.mjs')
  const done = path.join(folder, 'done')
  try {
    fs.mkdirSync(path.join(folder, 'building'))
  } catch {
    await untilThere(done)
    return folder
  }
  await buildInto(folder)
  fs.writeFileSync(done, '')
  return folder
}

/** The iothreads' entry. */
export async function buildIothread(): Promise<URL> {
  return pathToFileURL(path.join(await buildForTests(), 'iothread.js'))
}
