import { EngineError } from '#main/engine-error.ts'

// What a failed system call on a disk means to the user.

/** `error` of a system call on `file`, as a reason with advice. Anything that is no system error is a bug and passes through. */
export function diskError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof EngineError) return error
  const { code, message } = error as NodeJS.ErrnoException // what node:fs throws
  if (code === undefined) return error
  const options = { cause: error }
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EngineError(
        'disk-full',
        `no space is left on the disk that holds ${file}`,
        'Free some space, or make the disks of this workspace smaller; then Reset.',
        options,
      )
    case 'ENOENT':
    case 'ESTALE':
    case 'ENXIO':
    case 'ENODEV':
      return fileGone(file, options)
    case 'ENOTDIR':
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new EngineError(
        'permission',
        `${file} may not be opened (${message})`,
        'Change the permissions, or choose another folder.',
        options,
      )
    case 'EBADF':
      return new EngineError(
        'permission',
        `${file} was opened for reading only, and its load writes`,
        'Say "write": true to let the content of this file be overwritten, or make the load read-only.',
        options,
      )
    case 'EEXIST':
      return new EngineError('file-exists', `${file} exists already; Weir never writes over it`, 'Move it.', options)
    case 'EMFILE':
    case 'ENFILE':
      return new EngineError(
        'too-many',
        'this process may not open more files',
        'Raise the limit of open files (ulimit -n), or use fewer devices.',
        options,
      )
    default:
      return new EngineError('disk-failed', `${file} failed: ${message}`, 'Check the disk, then Reset.', options)
  }
}

/** `error` of making the folder that backing files go to. */
export function folderError(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException // what node:fs throws
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskError(error, folder)
  return new EngineError(
    'permission',
    `backing files cannot be made in ${folder} (${message})`,
    'Make that folder writable, or choose another one for them.',
    { cause: error },
  )
}

export function fileGone(file: string, options?: ErrorOptions): EngineError {
  return new EngineError(
    'file-missing',
    `${file} has disappeared: it was deleted, or its disk was removed`,
    'Reset recreates backing files; a file of your own must be put back first.',
    options,
  )
}
