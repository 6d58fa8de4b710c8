import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'
import { stateFolder } from '#main/state-folder.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import { writeError } from '#main/workspace/write-error.ts'
import { formatWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { adoptNames } from './adopt-names.ts'
import { driftBetween } from './drift.ts'
import type { Picture } from './picture.ts'
import type { ApplyRecord } from './send-recorded.ts'

// What an Apply is about to do, on disk before the first command goes: if Weir, the VM or the machine ends in the middle,
// the VM is left with a part of it. A record that is still there at the next connection is of an Apply that was cut off.
// Two ordinary workspaces in a folder per address:
//
//   before.weir.json   what ran         desired.weir.json   what should run; written last: without it there is no record

export interface CutOff {
  readonly before: Workspace
  readonly desired: Workspace
  readonly beforeFile: string
  readonly desiredFile: string
}

export class ApplyJournal {
  readonly #folder: string
  readonly #over: string

  /** `folder` is made with the first record; `over`: what has come to its end when a record is removed. */
  constructor(folder: string, over = 'The Apply has finished') {
    this.#folder = folder
    this.#over = over
  }

  /** Resolves when both are on disk. Throws EngineError: then nothing may be sent. */
  async begin(address: string, { before, desired }: Pick<CutOff, 'before' | 'desired'>): Promise<void> {
    const files = this.#files(address)
    try {
      await mkdir(files.folder, { recursive: true, mode: 0o700 })
      await rm(files.desired, { force: true })
    } catch (error) {
      throw writeError(files.folder, error, 'Nothing was sent.')
    }
    await saveFile(files.before, formatWorkspace(before))
    await saveFile(files.desired, formatWorkspace(desired))
  }

  /** Every command was answered, or the user has settled it. */
  async end(address: string): Promise<void> {
    const { folder } = this.#files(address)
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      throw writeError(folder, error, `${this.#over}, but its record could not be deleted.`)
    })
  }

  /** null: no Apply to this address was cut off. */
  async find(address: string): Promise<CutOff | null> {
    const files = this.#files(address)
    const [before, desired] = await Promise.all([readWorkspaceFile(files.before), readWorkspaceFile(files.desired)])
    if (!before.ok || !desired.ok) return null
    return {
      before: before.value.workspace,
      desired: desired.value.workspace,
      beforeFile: files.before,
      desiredFile: files.desired,
    }
  }

  /** As whoever sends sees it. */
  of(address: string): ApplyRecord {
    return { begin: (about) => this.begin(address, about), end: () => this.end(address) }
  }

  /** Where the record of an address is, or would be. */
  folderOf(address: string): string {
    return path.join(this.#folder, createHash('sha256').update(address).digest('hex').slice(0, 16))
  }

  #files(address: string) {
    const folder = this.folderOf(address)
    return {
      folder,
      before: path.join(folder, 'before.weir.json'),
      desired: path.join(folder, 'desired.weir.json'),
    }
  }
}

/**
 * The Apply to this VM that was cut off, unless the VM is as it was before, or as was desired: then its record is removed.
 * Where it cannot be, that is no reason to leave the VM alone: it is over all the same.
 */
export async function unsettled(journal: ApplyJournal, address: string, picture: Picture): Promise<CutOff | null> {
  const found = await journal.find(address)
  if (found === null) return null
  const isSettled = [found.before, found.desired].some(
    (workspace) => driftBetween(workspace, adoptNames(picture, workspace)).length === 0,
  )
  if (isSettled) {
    await journal.end(address).catch((error: unknown) => {
      if (!(error instanceof EngineError)) throw error
    })
  }
  return isSettled ? null : found
}

/** Where window and command line both keep their records: $XDG_STATE_HOME/weir/applies, or ~/.local/state/weir/applies. */
export function usualJournal(): ApplyJournal {
  return new ApplyJournal(path.join(stateFolder(), 'applies'))
}
