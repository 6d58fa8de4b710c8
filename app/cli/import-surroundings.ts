import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ReadOptions } from '#shared/formats/format.ts'

// What a text may name of the place where it is read: the environment, this machine's size in fio's words, and files beside it.

/** An included file holds options, and no more of them than this. */
const MAX_INCLUDE_BYTES = 1024 * 1024

export function readOptions(file: string): ReadOptions {
  const folder = file === '-' ? '.' : path.dirname(file)
  return {
    ...(file === '-' ? {} : { fileName: path.basename(file) }),
    variables: {
      ...(process.env as Record<string, string>), // names that are there have values
      $ncpus: String(os.availableParallelism()),
      $mb_memory: String(Math.floor(os.totalmem() / 1024 / 1024)),
    },
    readInclude: (name) => readBeside(folder, name),
  }
}

/** A text must not lead Weir to files elsewhere, such as those that only this user may read. */
function readBeside(folder: string, name: string): string | null {
  try {
    const inside = fs.realpathSync(folder)
    const file = fs.realpathSync(path.resolve(folder, name))
    if (!file.startsWith(inside + path.sep)) return null
    const found = fs.statSync(file)
    return found.isFile() && found.size <= MAX_INCLUDE_BYTES ? fs.readFileSync(file, 'utf8') : null
  } catch {
    return null // no such file: the reader says so
  }
}
