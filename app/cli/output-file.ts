import fs from 'node:fs/promises'
import path from 'node:path'
import { failed, ok, type Result } from '#shared/issue.ts'
import type { CommandCall } from './command.ts'
import { optionIssue, textOption } from './options.ts'

/**
 * The file that `--NAME` says to write, absolute; null when the option was not given. Looked at before anything is read,
 * computed or written: a mistyped folder is known at once, and a command never writes over what it reads
 * (`weir simulate a.weir.json --trace a.weir.json`).
 */
export async function outputFile(
  { options }: CommandCall,
  name: string,
  inputs: readonly (string | null)[],
): Promise<Result<string | null>> {
  const given = textOption(options, name, null)
  if (given === null) return ok(null)
  const file = path.resolve(given)
  const wrong = (right: string) => failed([optionIssue(name, given, right)])
  const there = await statOf(file)
  if (there?.isDirectory() === true) return wrong(`the name of a file: this is a folder`)
  if (there === null && (await statOf(path.dirname(file)))?.isDirectory() !== true) {
    return wrong(`a folder that exists: there is no ${path.dirname(file)}`)
  }
  for (const input of inputs) {
    const read = input === null || there === null ? null : await statOf(path.resolve(input))
    if (read?.ino === there?.ino && read?.dev === there?.dev && read !== null) {
      return wrong(`another file: this one is the input, and would be overwritten`)
    }
  }
  return ok(file)
}

/** Whether writing there would lose what no command can make again: an empty file (`mktemp`) and a device hold nothing. */
export async function holdsSomething(file: string): Promise<boolean> {
  const there = await statOf(file)
  return there?.isFile() === true && there.size > 0
}

/** Null where nothing is, or nothing that can be looked at: writing there tells the reason. */
async function statOf(file: string) {
  try {
    return await fs.stat(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // what node:fs rejects with
    if (code === undefined) throw error
    return null
  }
}
