import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { newerTreeEnvironment } from './scripts/test/newer-tree.mjs'
import { FOLDERS, filesWithRealPrograms } from './scripts/test/test-files.mjs'

export default defineConfig({
  test: {
    environment: 'node',
    globalSetup: ['scripts/test/build-folder.mjs'],
    setupFiles: ['scripts/test/one-seed.mjs', 'scripts/test/own-state.mjs'],
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
