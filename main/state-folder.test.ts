import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { stateFolder } from './state-folder.ts'

afterEach(() => vi.unstubAllEnvs())

test('tests keep what they write down in the folder of their run', () => {
  expect(path.relative(process.env.WEIR_TEST_BUILD ?? '', stateFolder())).toMatch(/^state-\w+.weir$/)
})

test('without XDG_STATE_HOME it is below the home folder', () => {
  vi.stubEnv('XDG_STATE_HOME', '')
  expect(stateFolder()).toBe(path.join(os.homedir(), '.local/state/weir'))
})
