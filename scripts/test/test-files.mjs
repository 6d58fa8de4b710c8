import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from '../setup/paths.mjs'

/** The folders that hold unit tests. */
export const FOLDERS = ['app', 'main', 'shared', 'renderer', 'scripts', 'bench']

export const TEST = /\.test\.(ts|tsx|mjs)$/
const ASKS_FOR_PROGRAMS = /\b(missingQemu|missingFrozenQemu|missingLibvirt|HAS_QEMU)\b/

/** Every file of unit tests, from the project's folder, with its text. */
export function readTests() {
  const files = FOLDERS.flatMap((folder) =>
    fs.readdirSync(path.join(ROOT, folder), { recursive: true }).map((file) => path.posix.join(folder, file)),
  )
  return files
    .filter((file) => TEST.test(file))
    .map((file) => ({ file, text: fs.readFileSync(path.join(ROOT, file), 'utf8') }))
}

/** Test files that start a real QEMU or libvirt. They run twice: with the machine's own, and with the newer one. */
export function filesWithRealPrograms() {
  return readTests()
    .filter(({ text }) => ASKS_FOR_PROGRAMS.test(text))
    .map(({ file }) => file)
}
