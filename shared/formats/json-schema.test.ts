import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { workspaceJsonSchema } from './json-schema.ts'

// Published for editors; write it again with: npx vitest run shared/formats/json-schema.test.ts -u
test('the published JSON Schema is that of the parser', async () => {
  await expect(workspaceJsonSchema()).toMatchFileSnapshot('../../docs/weir-workspace-1.schema.json')
})

test('it names every key of a workspace and refuses others', () => {
  const schema = JSON.parse(workspaceJsonSchema()) as {
    properties: Record<string, unknown>
    required: string[]
    additionalProperties: boolean
  }
  const example = JSON.parse(
    readFileSync(new URL('../../examples/noisy-neighbour.weir.json', import.meta.url), 'utf8'),
  ) as object
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(example)))
  expect(schema.required.sort()).toEqual(['devices', 'format', 'groups'])
  expect(schema.additionalProperties).toBe(false)
})
