import fs from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { resolvePaths } from '#main/workspace/file-paths.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import type { Example } from '#shared/ipc/contract.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

/** The one that a first start shows. */
export const FIRST_EXAMPLE = 'noisy-neighbour'

const gallerySchema = z.array(z.strictObject({ id: z.string(), title: z.string(), description: z.string() }))

/** The workspaces that come with Weir, told apart by gallery.json beside them. */
export async function readExamples(folder: string): Promise<readonly Example[]> {
  return gallerySchema.parse(JSON.parse(await fs.readFile(path.join(folder, 'gallery.json'), 'utf8')))
}

/** Only ids of the gallery are read: an id never becomes a path by itself. */
export async function readExample(folder: string, id: string): Promise<Result<Workspace>> {
  const examples = await readExamples(folder)
  if (!examples.some((example) => example.id === id)) {
    return failed([{ path: 'id', code: 'unknown-example', message: `there is no example ${JSON.stringify(id)}` }])
  }
  const read = await readWorkspaceFile(path.join(folder, `${id}.weir.json`))
  return read.ok ? ok(resolvePaths(read.value.workspace, folder)) : read
}
