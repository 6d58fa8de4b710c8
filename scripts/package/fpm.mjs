#!/usr/bin/env node
// What electron-builder calls as fpm to make a deb: takes the options it gives, lays the files out and calls dpkg-deb.
// fpm itself is Ruby and in no registry that this project may count on; a deb is two archives and a control file.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { changelogText, copyrightText, fieldLines, libcDependency, lintianOverrides } from './debian-papers.mjs'

/** Options that take a value and mean nothing for a deb made here. */
const IGNORED = new Set(['-s', '--license', '--vendor', '--iteration', '--log'])
const FLAGS = new Set(['--force', '--debug'])

function readArguments(argv) {
  const order = { depends: [], recommends: [], files: [], options: {} }
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index]
    if (FLAGS.has(argument)) continue
    if (!argument.startsWith('-')) {
      const at = argument.lastIndexOf('=')
      order.files.push({ from: argument.slice(0, at), to: argument.slice(at + 1) })
      continue
    }
    index += 1
    const value = argv[index]
    if (argument === '-d') order.depends.push(value)
    else if (argument === '--deb-recommends') order.recommends.push(value)
    else if (!IGNORED.has(argument)) order.options[argument] = value
  }
  return order
}

/** A field of several lines: the first is a summary. */
function longField(text) {
  const [first = '', ...rest] = text.trim().split('\n')
  return rest.length === 0 ? first : `${first}\n${fieldLines(rest.join('\n'))}`
}

function controlText({ depends, recommends, options }, installedKib) {
  const fields = {
    Package: options['--name'],
    Version: options['--version'],
    Section: options['--category'],
    Priority: options['--deb-priority'],
    Architecture: options['--architecture'],
    Maintainer: options['--maintainer'],
    'Installed-Size': String(installedKib),
    Depends: depends.join(', '),
    Recommends: recommends.join(', '),
    Homepage: options['--url'],
    Description: longField(options['--description']),
  }
  const present = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  return `${present.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`
}

/** `from/` copies what is in the folder, a file becomes the file named. */
function layOut({ from, to }, root) {
  const target = path.join(root, to)
  fs.mkdirSync(from.endsWith('/') ? target : path.dirname(target), { recursive: true })
  fs.cpSync(from, target, { recursive: true, verbatimSymlinks: true })
}

function sizeKib(folder) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const bytes = entries.reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0)
  return Math.ceil(bytes / 1024)
}

function writeScript(root, name, from) {
  if (from === undefined) return
  fs.copyFileSync(from, path.join(root, 'DEBIAN', name))
  fs.chmodSync(path.join(root, 'DEBIAN', name), 0o755)
}

function compressMan(root) {
  const folder = path.join(root, 'usr/share/man/man1')
  if (!fs.existsSync(folder)) return
  for (const name of fs.readdirSync(folder)) gzipInPlace(path.join(folder, name))
}

function gzipInPlace(file) {
  fs.writeFileSync(`${file}.gz`, gzipSync(fs.readFileSync(file), { level: 9 }))
  fs.rmSync(file)
}

/**
 * What policy wants under /usr/share, from what was laid out in usr/share/doc/NAME: CHANGELOG.md becomes Debian's changelog
 * and stays beside it, LICENSE and the licences of bundled modules beside it become the copyright.
 */
function writePapers(root, { options }) {
  const doc = path.join(root, 'usr/share/doc', options['--name'])
  const about = { name: options['--name'], version: options['--version'], maintainer: options['--maintainer'] }
  const markdown = path.join(doc, 'CHANGELOG.md')
  if (fs.existsSync(markdown)) {
    const text = changelogText(fs.readFileSync(markdown, 'utf8'), { ...about, date: fs.statSync(markdown).mtime })
    fs.writeFileSync(path.join(doc, 'changelog.gz'), gzipSync(text, { level: 9 }))
    gzipInPlace(markdown)
  }
  const licence = path.join(doc, 'LICENSE')
  const bundled = path.join(doc, 'licences-third-party.md')
  if (fs.existsSync(licence)) {
    const others = fs.existsSync(bundled) ? fs.readFileSync(bundled, 'utf8') : ''
    fs.writeFileSync(path.join(doc, 'copyright'), copyrightText(fs.readFileSync(licence, 'utf8'), others))
    fs.rmSync(licence)
    fs.rmSync(bundled, { force: true })
  }
  const overrides = path.join(root, 'usr/share/lintian/overrides')
  fs.mkdirSync(overrides, { recursive: true })
  fs.writeFileSync(path.join(overrides, about.name), lintianOverrides(about.name))
}

const order = readArguments(process.argv.slice(2))
if (order.options['-t'] !== 'deb') {
  console.error(`This stands in for fpm to make a deb; for ${order.options['-t']} install fpm itself.`)
  process.exit(1)
}
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-deb-'))
try {
  fs.chmodSync(root, 0o755)
  for (const file of order.files) layOut(file, root)
  compressMan(root)
  writePapers(root, order)
  const libc = libcDependency(root)
  if (libc !== null) order.depends.unshift(libc)
  const installedKib = sizeKib(root)
  fs.mkdirSync(path.join(root, 'DEBIAN'))
  fs.writeFileSync(path.join(root, 'DEBIAN/control'), controlText(order, installedKib))
  writeScript(root, 'postinst', order.options['--after-install'])
  writeScript(root, 'postrm', order.options['--after-remove'])
  const compression = order.options['--deb-compression'] === 'xz' ? 'xz' : 'gzip'
  const args = ['--root-owner-group', `-Z${compression}`, '--build', root, order.options['--package']]
  execFileSync('dpkg-deb', args, { stdio: ['ignore', 'ignore', 'inherit'] })
} finally {
  fs.rmSync(root, { recursive: true, force: true })
}
