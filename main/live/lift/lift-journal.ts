import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'
import { usualLiftFolder } from '#main/state-folder.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import { writeError } from '#main/workspace/write-error.ts'
import { ApplyJournal } from '../apply-journal.ts'
import { formatLiftNote, type LiftNote, type LiftRecord, parseLiftNote } from './lift-record.ts'
import { restoreCommand } from './restore-command.ts'

// What is to be put back, on disk before the first limit is lifted. A folder per address, as of an Apply, with a note:
//
//   lift.json   whose, until when     before.weir.json   what to put back     desired.weir.json   as lifted; written last

const NOTE = 'lift.json'

export class LiftJournal {
  readonly #folder: string
  readonly #pairs: ApplyJournal

  /** `folder` is made with the first record. */
  constructor(folder: string) {
    this.#folder = folder
    this.#pairs = new ApplyJournal(folder, 'The lift is over')
  }

  /** Resolves when everything is on disk and reads back. Throws EngineError: then nothing may be sent. */
  async begin(record: LiftRecord): Promise<void> {
    const { address, before, lifted } = record
    const folder = this.#pairs.folderOf(address)
    if ((await this.find(address)) !== null) throw alreadyLifted(address)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { mode: 0o700 })
    } catch (error) {
      const { code, path: at } = error as NodeJS.ErrnoException // what node:fs rejects with
      const isTaken = code === 'EEXIST' && at === folder
      throw isTaken ? alreadyLifted(address) : writeError(folder, error, 'Nothing was lifted.')
    }
    await saveFile(path.join(folder, NOTE), formatLiftNote(record))
    await this.#pairs.begin(address, { before, desired: lifted })
    await syncFolder(this.#folder)
    if ((await this.find(address)) !== null) return
    await rm(folder, { recursive: true, force: true })
    throw new EngineError(
      'disk-failed',
      `What is to be put back could not be written down in ${folder}, so nothing was lifted.`,
      'This VM has something that Weir cannot keep in a file.',
    )
  }

  /** Everything is as before, or the user has settled it. */
  async end(address: string): Promise<void> {
    await this.#pairs.end(address)
  }

  /** What is lifted stays so, and nobody waits for its end any more: whoever comes next puts it back. */
  disown(address: string): Promise<void> {
    return this.#change(address, { owner: null })
  }

  /** The VM was seen migrated away: see LiftNote. */
  noteMigrated(address: string): Promise<void> {
    return this.#change(address, { hasMigrated: true })
  }

  /** null: nothing of this address is lifted. Throws EngineError when what is written down cannot be read. */
  async find(address: string): Promise<LiftRecord | null> {
    const pair = await this.#pairs.find(address)
    const note = await this.#note(this.#pairs.folderOf(address))
    if (pair === null || note === null) return null
    return { ...note, before: pair.before, lifted: pair.desired }
  }

  /** Every lift that is not over, the oldest first. Throws EngineError as `find` does. */
  async list(): Promise<readonly LiftRecord[]> {
    const found: LiftRecord[] = []
    for (const name of await this.#names()) {
      const note = await this.#note(path.join(this.#folder, name))
      const record = note === null ? null : await this.find(note.address)
      if (record !== null) found.push(record)
    }
    return found.sort((a, b) => a.startedMs - b.startedMs)
  }

  async #change(address: string, change: Partial<LiftNote>): Promise<void> {
    const folder = this.#pairs.folderOf(address)
    const note = await this.#note(folder)
    if (note !== null) await saveFile(path.join(folder, NOTE), formatLiftNote({ ...note, ...change }))
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#folder)).sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw unreadable(this.#folder, error)
    }
  }

  async #note(folder: string) {
    try {
      return parseLiftNote(await readFile(path.join(folder, NOTE), 'utf8'))
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
      throw unreadable(folder, error)
    }
  }
}

/** The one of this user, as usualLiftFolder says. */
export function usualLiftJournal(): LiftJournal {
  return new LiftJournal(usualLiftFolder())
}

function unreadable(folder: string, cause: unknown): EngineError {
  const { code, message } = cause as NodeJS.ErrnoException // what node:fs rejects with
  const isForbidden = code === 'EACCES' || code === 'EPERM'
  return new EngineError(
    isForbidden ? 'permission' : 'disk-failed',
    `What is lifted is written down in ${folder}, which cannot be read: ${isForbidden ? 'it is not allowed' : message}.`,
    'Give this user the right to read and write it: a Weir that was run as another user may have made it.',
    { cause },
  )
}

function alreadyLifted(address: string): EngineError {
  return new EngineError(
    'file-exists',
    `Limits of ${address} are lifted already.`,
    `${restoreCommand(address)} puts them back.`,
  )
}

/** The record's own folder is an entry of this one. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
