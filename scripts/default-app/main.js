// What the fallback runtime runs when it is started with a folder or file (`electron .`), since the binary comes
// without Electron's own default app: loads the modules of -r, takes over the app's name and version, runs its entry.
import fs from 'node:fs'
import Module, { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const require = createRequire(import.meta.url)

/** `-r FILE` may come several times, before the app; other options belong to Chromium. */
function readArguments(argv) {
  const preloads = []
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index]
    if (argument === '-r' || argument === '--require') {
      index += 1
      preloads.push(argv[index])
    } else if (argument.startsWith('--require=')) preloads.push(argument.slice('--require='.length))
    else if (!argument.startsWith('-')) return { preloads, target: argument }
  }
  return { preloads, target: null }
}

const { preloads, target } = readArguments(process.argv.slice(1))
if (process.argv.includes('--version')) {
  console.log(`v${process.versions.electron}`)
  process.exit(0)
}
for (const file of preloads) require(path.resolve(file))
if (target === null) {
  console.error('This Electron runs one app: electron FOLDER')
  process.exit(1)
}

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
const folder = path.resolve(target)
const manifest = path.join(folder, 'package.json')
if (fs.existsSync(manifest)) {
  const { name, productName, version, desktopName } = JSON.parse(fs.readFileSync(manifest, 'utf8'))
  if (version) app.setVersion(version)
  app.setName(productName ?? name ?? app.getName())
  app.setDesktopName(desktopName ?? `${app.getName()}.desktop`)
}
// Electron chose userData by its own name, before this app had one.
if (!app.commandLine.hasSwitch('user-data-dir'))
  app.setPath('userData', path.join(app.getPath('appData'), app.getName()))
const entry = Module._resolveFilename(folder, null, true)
app.setAppPath(fs.existsSync(manifest) ? folder : path.dirname(entry))
await import(pathToFileURL(entry).href)
