import { z } from 'zod'
import { ok } from '../issue.ts'
import { workspaceSchema } from '../workspace/schema.ts'
import { WORKSPACE_FORMAT } from '../workspace/workspace.ts'
import type { Format } from './format.ts'

// The workspace file's JSON Schema, from the one schema that validates it, for editors and other people's tools.

/** The rules that span several places (unknown group, QEMU's limit rules, …) are not in it: `weir check` has them. */
export function workspaceJsonSchema(): string {
  const schema = z.toJSONSchema(workspaceSchema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' })
  const titled = {
    ...schema,
    title: `Weir workspace (${WORKSPACE_FORMAT})`,
    description: 'Throttle groups, their devices, disks and loads. weir check FILE finds what a schema cannot say.',
  }
  return `${JSON.stringify(titled, null, 2)}\n`
}

export const jsonSchema: Format = {
  id: 'json-schema',
  title: 'JSON Schema',
  family: 'Others',
  direction: 'out',
  fileExtension: '.schema.json',
  note: 'of workspace files, whatever this one holds; put its path into "$schema"',
  options: [],
  write: () => ok({ text: workspaceJsonSchema(), losses: [], notes: [] }),
}
