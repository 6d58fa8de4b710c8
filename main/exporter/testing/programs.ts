import { existsSync } from 'node:fs'
import path from 'node:path'

/** Whether a program can be run here by its name alone. */
export function hasProgram(name: string): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, name)))
}
