import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'
import { readWorkspaceFile, type WorkspaceFile } from '#main/workspace/read-workspace.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import type { Result } from '#shared/issue.ts'
import { type DiskCopy, lookAtDisk } from './disk-copy.ts'

/** The file of a document and the text in it as this process knows it, to tell when somebody else wrote there. */
export class DocumentFile {
  readonly path: string
  #text: string | null

  /** `text`: what was read; null: nothing of ours is in it yet. */
  constructor(file: string, text: string | null) {
    this.path = file
    this.#text = text
  }

  get name(): string {
    return path.basename(this.path)
  }

  get folder(): string {
    return path.dirname(this.path)
  }

  look(): Promise<DiskCopy> {
    return lookAtDisk(this.path, this.#text)
  }

  read(): Promise<Result<WorkspaceFile>> {
    return readWorkspaceFile(this.path)
  }

  /** Replaces the file at once. Returns null, or why it could not be saved. */
  async write(text: string): Promise<string | null> {
    try {
      await saveFile(this.path, text)
    } catch (error) {
      if (error instanceof EngineError) return `${error.message} ${error.advice}`
      throw error
    }
    this.#text = text
    return null
  }
}
