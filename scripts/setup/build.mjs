import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { NODE_MODULES, OUT, ROOT } from './paths.mjs'
import { lastLines, run, SetupError } from './run.mjs'

// The build carries a stamp of the content it was made from: equal content builds once.

const STAMP = path.join(OUT, '.stamp')
const SOURCE_FOLDERS = ['app', 'main', 'renderer', 'shared']
const SOURCE_FILES = ['package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.json']

function isSource(name) {
  return !/\.test\.tsx?$/.test(name)
}

function sourceFiles() {
  const inside = SOURCE_FOLDERS.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && isSource(entry.name))
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name))),
  )
  return [...inside.sort(), ...SOURCE_FILES]
}

function contentStamp() {
  const hash = createHash('sha256')
  for (const file of sourceFiles()) {
    const content = fs.readFileSync(path.join(ROOT, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

export async function buildApp(say) {
  const stamp = contentStamp()
  if (fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === stamp) return
  say('Building Weir …')
  fs.rmSync(STAMP, { force: true })
  const bin = path.join(NODE_MODULES, 'electron-vite/bin/electron-vite.js')
  const { code, output } = await run(process.execPath, [bin, 'build', '--logLevel', 'warn'], { cwd: ROOT })
  if (code !== 0) throw new SetupError(`The build failed.\n${lastLines(output, 40)}`)
  fs.writeFileSync(STAMP, stamp)
}
