import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'

/** Why a file of results could not be written, by what node:fs rejects with. */
export function writeError(file: string, cause: unknown, advice: string): EngineError {
  const { code, message } = cause as NodeJS.ErrnoException // what node:fs rejects with
  const place = path.resolve(file)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new EngineError('disk-full', `${place} is not complete: the disk is full.`, advice, { cause })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new EngineError('permission', `${place} cannot be written: it is not allowed.`, advice, { cause })
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new EngineError('file-missing', `${place} cannot be written: its folder does not exist.`, advice, { cause })
  }
  return new EngineError('disk-failed', `${place} cannot be written: ${message}`, advice, { cause })
}
