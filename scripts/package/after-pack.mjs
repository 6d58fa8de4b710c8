import fs from 'node:fs'
import path from 'node:path'
import { Arch } from 'electron-builder'

/**
 * electron-builder's hook when the app's folder is whole. Adds what its own configuration cannot: files named as extra
 * resources are taken out of the archive, but the command line is in both places.
 */
// biome-ignore lint/style/noDefaultExport: electron-builder loads a hook as the default export of a file.
export default async function afterPack({ appOutDir, packager, arch, electronPlatformName }) {
  const resources = packager.getResourcesDir(appOutDir)
  // The runtime's own default app would start any folder.
  fs.rmSync(path.join(resources, 'default_app.asar'), { force: true })
  fs.rmSync(path.join(appOutDir, 'version'), { force: true })
  const { projectDir } = packager
  copyCommandLine(projectDir, path.join(resources, 'cli'))
  copyKoffi(projectDir, `${electronPlatformName}-${Arch[arch]}`, path.join(resources, 'cli/koffi.node'))
  const licences = path.join(projectDir, 'out/licences-third-party.md')
  writeLicences(projectDir, licences)
  fs.copyFileSync(licences, path.join(resources, 'LICENCES-third-party.md'))
  fs.copyFileSync(path.join(projectDir, 'CHANGELOG.md'), path.join(resources, 'CHANGELOG.md'))
  for (const name of fs.readdirSync(appOutDir)) {
    if (/\.so(\.\d+)*$/.test(name)) fs.chmodSync(path.join(appOutDir, name), 0o644)
  }
}

function copyCommandLine(projectDir, to) {
  const from = path.join(projectDir, 'out/app')
  const isProgram = (file) => fs.statSync(file).isDirectory() || file.endsWith('.js')
  fs.mkdirSync(to, { recursive: true })
  for (const name of ['cli.js', 'iothread.js', 'part-worker.js', 'chunks']) {
    fs.cpSync(path.join(from, name), path.join(to, name), { recursive: true, filter: isProgram })
  }
  fs.cpSync(path.join(projectDir, 'examples'), path.join(to, 'examples'), { recursive: true })
  fs.writeFileSync(path.join(to, 'package.json'), '{ "name": "weir-cli", "private": true, "type": "module" }\n')
  fs.copyFileSync(path.join(projectDir, 'build/linux/weir'), path.join(to, 'weir'))
  for (const name of ['cli.js', 'weir']) fs.chmodSync(path.join(to, name), 0o755)
}

/**
 * The one binary of the foreign-function library that a package for `platform` (`linux-x64`) needs, for command line and window
 * alike. Without it, as in a package for another processor than this machine's, disks do one request at a time and say so.
 */
function copyKoffi(projectDir, platform, to) {
  const from = path.join(
    projectDir,
    'node_modules/@koromix',
    `koffi-${platform}`,
    platform.replace('-', '_'),
    'koffi.node',
  )
  if (fs.existsSync(from)) fs.copyFileSync(from, to)
  else if (platform.startsWith('linux-'))
    console.log(`no koffi for ${platform}: O_DIRECT disks have no depth in this package`)
}

/** Of what is not bundled, as the build writes it of what is. */
function koffiLicence(projectDir) {
  const folder = path.join(projectDir, 'node_modules/koffi')
  if (!fs.existsSync(folder)) return ''
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  return `## ${name} - ${version} (${license})\n\n${fs.readFileSync(path.join(folder, 'LICENSE.txt'), 'utf8')}`
}

/** Readable without starting Weir; About shows the same. */
function writeLicences(projectDir, file) {
  const parts = ['app', 'preload', 'renderer'].map((part) => path.join(projectDir, 'out', part, 'licences.md'))
  const texts = [...parts.map((part) => fs.readFileSync(part, 'utf8')), koffiLicence(projectDir)]
  fs.writeFileSync(file, texts.join('\n'))
}
