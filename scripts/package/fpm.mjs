#!/usr/bin/env node
// What electron-builder calls as fpm to make a deb: takes the options it gives, lays the files out and calls dpkg-deb.
// fpm itself is Ruby and in no registry that this project may count on; a deb is two archives and a control file.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

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

/** A field of several lines: continuation lines begin with a blank, empty ones are a dot. */
function longField(text) {
  const [first = '', ...rest] = text.trim().split('\n')
  const lines = rest.map((line) => line.trim()).map((line) => ` ${line === '' ? '.' : line}`)
  return [first, ...lines].join('\n')
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
  if (fs.existsSync(folder))
    execFileSync('gzip', ['-9n', ...fs.readdirSync(folder).map((name) => path.join(folder, name))])
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
