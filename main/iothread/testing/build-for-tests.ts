import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

/**
 * Builds the iothreads' entry from the sources, for tests: a worker needs JavaScript in a file. `remove` takes it away.
 */
export async function buildIothread(): Promise<{ readonly url: URL; readonly remove: () => void }> {
  const outDir = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-iothread-'))
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: path.join(import.meta.dirname, '../iothread.ts'),
      target: 'node20.18',
      outDir,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  return {
    url: pathToFileURL(path.join(outDir, 'iothread.mjs')),
    remove: () => fs.rmSync(outDir, { recursive: true, force: true }),
  }
}
