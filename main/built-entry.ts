import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { assert } from '#shared/assert.ts'

/** Entries of threads, as the build names them. */
type EntryName = 'iothread.js' | 'part-worker.js'

/** Where the build puts the entry, seen from a built entry and from a chunk of one; null: this is not a build. */
function findBuiltEntry(name: EntryName): URL | null {
  const candidates = [`./${name}`, `../${name}`].map((candidate) => new URL(candidate, import.meta.url))
  return candidates.find((each) => fs.existsSync(fileURLToPath(each))) ?? null
}

/** The iothreads' entry of this build. */
export function builtIothreadUrl(): URL {
  const url = findBuiltEntry('iothread.js')
  assert(url !== null, 'the build has an entry for iothreads beside this one')
  return url
}

/** The entry of threads that simulate parts; null: these are the sources, and one thread simulates everything. */
export function builtPartWorkerUrl(): URL | null {
  return findBuiltEntry('part-worker.js')
}
