import path from 'node:path'
import { ok, type Result } from '#shared/issue.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { readText } from './read-text.ts'

export interface WorkspaceFile {
  readonly workspace: Workspace
  /** The folder that relative paths inside the workspace start from. */
  readonly folder: string
  /** Absolute path of the file. */
  readonly file: string
  /** The text as it stands on disk, to tell later whether somebody else changed it. */
  readonly text: string
}

/** Reads and checks a workspace file. A file that cannot be read is wrong input, as half a JSON file is. */
export async function readWorkspaceFile(file: string): Promise<Result<WorkspaceFile>> {
  const absolute = path.resolve(file)
  const text = await readText(absolute)
  if (!text.ok) return text
  const parsed = parseWorkspaceText(text.value)
  if (!parsed.ok) return parsed
  return ok({ workspace: parsed.value, folder: path.dirname(absolute), file: absolute, text: text.value })
}
