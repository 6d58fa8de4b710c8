import fs from 'node:fs'

/** Whether two names mean one file: equal, or joined by links. */
export function isSameFile(a: string, b: string): boolean {
  if (a === b) return true
  const [first, second] = [fs.statSync(a, QUIET), fs.statSync(b, QUIET)]
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev
}

const QUIET = { bigint: true, throwIfNoEntry: false } as const
