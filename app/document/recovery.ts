import fs from 'node:fs/promises'
import path from 'node:path'
import { readText } from '#main/workspace/read-text.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// Unsaved edits outlive a crash: while a document is dirty, its workspace also lies in a file of the recovery folder,
// which goes when the document is saved or given up. Whatever lies there at a start was left by a crash, since only one
// process at a time uses the folder (the single-instance lock).

const RECOVERY_FORMAT = 'weir-recovery/1'
const NAME = /^[0-9a-z-]+\.recovery\.json$/

export interface Recovered {
  /** The file that the workspace belongs to; null: never saved. */
  readonly file: string | null
  readonly savedAtMs: number
  readonly workspace: Workspace
  /** The file that a crash left them in, until `forgetRecovered`. */
  readonly kept: string
}

export class RecoveryFile {
  readonly #path: string
  /** One after the other; the last request wins. */
  #work: Promise<void> = Promise.resolve()
  #exists = false

  constructor(folder: string, name: string) {
    this.#path = path.join(folder, `${name}.recovery.json`)
  }

  keep(recovered: Omit<Recovered, 'kept'>): Promise<void> {
    this.#exists = true
    return this.#then(async () => {
      await fs.mkdir(path.dirname(this.#path), { recursive: true })
      await saveFile(this.#path, `${JSON.stringify({ format: RECOVERY_FORMAT, ...recovered })}\n`)
    })
  }

  remove(): Promise<void> {
    if (!this.#exists) return this.#work
    this.#exists = false
    return this.#then(() => fs.rm(this.#path, { force: true }))
  }

  #then(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step, step)
    return this.#work
  }
}

/**
 * What a crash left in `folder`, newest first. It stays there until it is safe elsewhere and forgotten. Files that cannot
 * be understood are set aside under another name rather than removed: they may hold somebody's work. A folder or file
 * that cannot be read is no reason not to start.
 */
export async function findRecovered(folder: string): Promise<readonly Recovered[]> {
  const found: Recovered[] = []
  for (const name of await namesIn(folder)) {
    if (!NAME.test(name)) continue
    const file = path.join(folder, name)
    const text = await readText(file)
    const recovered = text.ok ? readRecovered(text.value, file) : null
    if (recovered !== null) found.push(recovered)
    else if (text.ok) await fs.rename(file, `${file}.unreadable`).catch(ignoreSystem)
  }
  return withoutCopies(found.sort((a, b) => b.savedAtMs - a.savedAtMs))
}

/** A crash between keeping edits again and forgetting where they were leaves them twice. */
async function withoutCopies(found: readonly Recovered[]): Promise<readonly Recovered[]> {
  const seen = new Set<string>()
  const first: Recovered[] = []
  for (const each of found) {
    const key = JSON.stringify([each.file, each.workspace])
    if (seen.has(key)) await forgetRecovered(each.kept)
    else first.push(each)
    seen.add(key)
  }
  return first
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await fs.readdir(folder)
  } catch (error) {
    ignoreSystem(error)
    return []
  }
}

/** Called when the edits are safe elsewhere. */
export async function forgetRecovered(kept: string): Promise<void> {
  await fs.rm(kept, { force: true }).catch(ignoreSystem)
}

function ignoreSystem(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code === undefined) throw error
}

function readRecovered(text: string, kept: string): Recovered | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const { format, file, savedAtMs, workspace } = (value ?? {}) as Record<string, unknown> // checked field by field below
  const parsed = parseWorkspace(workspace)
  if (format !== RECOVERY_FORMAT || !parsed.ok || typeof savedAtMs !== 'number') return null
  return { file: typeof file === 'string' ? file : null, savedAtMs, workspace: parsed.value, kept }
}
