import { constants, type Stats } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'
import { isProcessAlive } from '#main/process-alive.ts'

// Saving replaces a file at once: whoever reads it, at any moment and after any crash, finds the old text or the new
// one, whole.
//
//   .weir-PID-N.tmp   write ─ fsync ─ rename over FILE ─ fsync of the folder
//
// A process killed in between leaves its temporary file; the next save into that folder removes it.

const TEMPORARY = /^\.weir-(\d+)-\d+\.tmp$/

let count = 0

/** Throws EngineError when the text could not be saved; FILE is then as it was. */
export async function saveFile(file: string, text: string): Promise<void> {
  let temporary: string | null = null
  try {
    const { target, old } = await targetOf(file)
    const folder = path.dirname(target)
    await removeLeftovers(folder)
    count += 1
    temporary = path.join(folder, `.weir-${process.pid}-${count}.tmp`)
    await writeWhole(temporary, text, old)
    await fs.rename(temporary, target)
    temporary = null
    await syncFolder(folder)
  } catch (error) {
    throw saveError(file, error)
  } finally {
    if (temporary !== null) await fs.rm(temporary, { force: true })
  }
}

/** A symbolic link stays one: what it points to is replaced. A file that may not be written to is not replaced either. */
async function targetOf(file: string): Promise<{ readonly target: string; readonly old: Stats | null }> {
  const target = await realPathOf(file)
  try {
    const old = await fs.stat(target)
    await fs.access(target, constants.W_OK)
    return { target, old }
  } catch (error) {
    if (!isMissing(error)) throw error
    return { target, old: null }
  }
}

async function realPathOf(file: string): Promise<string> {
  try {
    return await fs.realpath(file)
  } catch (error) {
    if (!isMissing(error)) throw error
    return path.resolve(file)
  }
}

/** The new file belongs to whom the old one belonged to, with its rights, as far as this process may decide that. */
async function writeWhole(file: string, text: string, old: Stats | null): Promise<void> {
  const handle = await fs.open(file, 'wx', old === null ? 0o666 : 0o600)
  try {
    if (old !== null) {
      await handle.chown(old.uid, old.gid).catch(ignoreRights)
      await handle.chmod(old.mode & 0o777)
    }
    await handle.writeFile(text, 'utf8')
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the rename itself last. Some file systems and Windows cannot sync a folder; there is nothing more to do there. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await fs.open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
  } finally {
    await handle.close()
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    const pid = Number(TEMPORARY.exec(name)?.[1] ?? 0)
    if (pid > 0 && !isProcessAlive(pid)) await fs.rm(path.join(folder, name), { force: true })
  }
}

function ignoreRights(error: unknown): void {
  if (!['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

function saveError(file: string, cause: unknown): EngineError {
  const failure = cause as NodeJS.ErrnoException // what node:fs rejects with
  // The name alone would not say where: which of many folders is full, gone or not the user's to write to.
  const place = path.resolve(file)
  switch (failure.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EngineError('disk-full', `${place} was not saved: the disk is full.`, FREE_OR_ELSEWHERE, { cause })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EngineError('permission', `${place} was not saved: writing there is not allowed.`, ELSEWHERE, {
        cause,
      })
    case 'ENOENT':
    case 'ENOTDIR':
      return new EngineError('file-missing', `${place} was not saved: its folder is gone.`, ELSEWHERE, { cause })
    default:
      return new EngineError('disk-failed', `${place} was not saved: ${failure.message}`, ELSEWHERE, { cause })
  }
}

const ELSEWHERE = 'The file is as it was. Save it under another name or in another folder.'
const FREE_OR_ELSEWHERE = 'The file is as it was. Free some space, or save it on another disk.'
