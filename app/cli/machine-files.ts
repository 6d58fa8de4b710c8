import fs from 'node:fs/promises'
import { MAX_MACHINES } from '#shared/formats/machines.ts'
import type { Issue } from '#shared/issue.ts'

// A workspace a machine in a folder of the user's: names that every file system takes, and nothing written over.

/** A machine's name is foreign text: no folder, no hidden file, and no two that one file system takes for the same. */
export function fileNameOf(machine: string, taken: Set<string>): string {
  const stem = machine
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|-+$/g, '')
    .slice(0, 100)
  for (let number = 1; number <= MAX_MACHINES; number += 1) {
    const name = `${stem === '' ? 'machine' : stem}${number === 1 ? '' : `-${number}`}.weir.json`
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    return name
  }
  return `machine-${taken.size}.weir.json`
}

/** The files that are there already and say anything else. */
export async function clashesWith(
  option: string,
  files: readonly { readonly file: string; readonly text: string }[],
): Promise<readonly Issue[]> {
  const issues: Issue[] = []
  for (const { file, text } of files) {
    const there = await contentOf(file)
    if (there === null || there === text) continue
    const message = `${file} exists with other content; move it away, or name another folder`
    issues.push({ path: option, code: 'file-exists', message })
  }
  return issues
}

/** null: nothing is there. */
async function contentOf(file: string): Promise<string | null> {
  try {
    return await fs.readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // what node:fs rejects with
    if (code === 'ENOENT') return null
    return code === undefined ? '' : `(${code})`
  }
}
