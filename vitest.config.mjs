import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { defineConfig } from 'vitest/config'
import { newerTreeEnvironment } from './scripts/test/newer-tree.mjs'

const FOLDERS = ['app', 'main', 'shared', 'renderer', 'scripts']

/** Test files that start a real QEMU or libvirt run twice: with the machine's own, and with the newer one. */
function filesWithRealPrograms() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
  )
  const asks = /\b(missingQemu|missingFrozenQemu|missingLibvirt|HAS_QEMU)\b/
  return files.filter((file) => /\.test\.tsx?$/.test(file) && asks.test(readFileSync(file, 'utf8')))
}

export default defineConfig({
  test: {
    environment: 'node',
    globalSetup: ['scripts/test/build-folder.mjs'],
    setupFiles: ['scripts/test/one-seed.mjs'],
    // For a test that hangs; how long a right one takes is the machine's affair, and machines are shared.
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // By itself vitest leaves one core free; here half of the time is waiting for real programs.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      { extends: true, test: { name: 'unit', include: [`{${FOLDERS}}/**/*.test.{ts,tsx,mjs}`] } },
      { extends: true, test: { name: 'newer qemu', include: filesWithRealPrograms(), env: newerTreeEnvironment() } },
    ],
  },
})
