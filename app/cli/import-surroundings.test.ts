import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readOptions } from './import-surroundings.ts'

let folder = ''
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-import-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

test('a file that another includes is read beside it, and nowhere else', () => {
  const inner = path.join(folder, 'jobs')
  fs.mkdirSync(path.join(inner, 'parts'), { recursive: true })
  fs.writeFileSync(path.join(inner, 'parts', 'more.fio'), 'bs=8k\n')
  fs.writeFileSync(path.join(folder, 'secret'), 'no\n')
  fs.symlinkSync(path.join(folder, 'secret'), path.join(inner, 'link'))
  const { readInclude, fileName } = readOptions(path.join(inner, 'a.fio'))
  expect(fileName).toBe('a.fio')
  expect(readInclude?.('parts/more.fio')).toBe('bs=8k\n')
  for (const name of ['../secret', path.join(folder, 'secret'), 'link', 'parts', 'absent'])
    expect(readInclude?.(name), name).toBeNull()
})

test('the environment and the size of this machine are known', () => {
  const { variables } = readOptions('-')
  expect(variables?.PATH).toBe(process.env.PATH)
  expect(Number(variables?.$ncpus)).toBeGreaterThanOrEqual(1)
  expect(Number(variables?.$mb_memory)).toBeGreaterThan(16)
})
