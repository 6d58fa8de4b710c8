// Vitest's global set-up: a folder for what the tests of this run build from the sources, once for all files
// (main/iothread/testing/build-for-tests.ts). Empty, and so cheap, where no test asks.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export function setup() {
  process.env.WEIR_TEST_BUILD = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-test-build-'))
}

export function teardown() {
  fs.rmSync(process.env.WEIR_TEST_BUILD, { recursive: true, force: true })
}
