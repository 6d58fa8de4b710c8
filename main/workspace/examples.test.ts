import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'

const FOLDER = path.join(import.meta.dirname, '../../examples')
const gallery: { readonly id: string; readonly title: string; readonly description: string }[] = JSON.parse(
  readFileSync(path.join(FOLDER, 'gallery.json'), 'utf8'),
)

test('the gallery lists every example file and nothing else', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.weir.json'))
  expect(gallery.map(({ id }) => `${id}.weir.json`).sort()).toEqual(files.sort())
})

test.each(gallery)('example $id is a valid workspace, named as the gallery says, with QEMU-safe ids', (entry) => {
  const parsed = parseWorkspaceText(readFileSync(path.join(FOLDER, `${entry.id}.weir.json`), 'utf8'))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  expect(parsed.value.name).toBe(entry.title)
  expect(entry.description.length).toBeGreaterThan(40)
  const ids = [...Object.keys(parsed.value.groups), ...parsed.value.devices.map((device) => device.id)]
  expect(ids.filter((id) => !/^[a-z][\w.-]*$/i.test(id))).toEqual([])
})
