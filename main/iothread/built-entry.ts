import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { assert } from '#shared/assert.ts'

/** Where the build puts the iothreads' entry, seen from a built entry and from a chunk of one. */
const CANDIDATES = ['./iothread.js', '../iothread.js']

/** The iothreads' entry of this build. */
export function builtIothreadUrl(): URL {
  const url = CANDIDATES.map((candidate) => new URL(candidate, import.meta.url)).find((each) =>
    fs.existsSync(fileURLToPath(each)),
  )
  assert(url !== undefined, 'the build has an entry for iothreads beside this one')
  return url
}
