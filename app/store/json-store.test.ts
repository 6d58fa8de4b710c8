import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { JsonStore } from './json-store.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-store-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const shape = { schema: z.array(z.string()), initial: ['first'] }

test('a value that was set is there after the next start', async () => {
  const file = path.join(folder, 'new/list.json')
  const store = await JsonStore.load(file, shape)
  expect(store.value).toEqual(['first'])
  await Promise.all([store.set(['a']), store.set(['a', 'b'])])
  expect((await JsonStore.load(file, shape)).value).toEqual(['a', 'b'])
})

test('a file that is half, of another shape or a folder counts as the default', async () => {
  const file = path.join(folder, 'list.json')
  const values: unknown[] = []
  for (const text of ['["a"', '{"a":1}']) {
    fs.writeFileSync(file, text)
    values.push((await JsonStore.load(file, shape)).value)
  }
  values.push((await JsonStore.load(folder, shape)).value)
  expect(values).toEqual([['first'], ['first'], ['first']])
})
