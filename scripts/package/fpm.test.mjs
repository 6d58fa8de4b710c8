import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { changelogText, copyrightText } from './debian-papers.mjs'

// A small package made by the stand-in for fpm, with the real texts, held against dpkg-deb and, where it is there, lintian.

const ROOT = path.join(import.meta.dirname, '../..')
const FPM = path.join(import.meta.dirname, 'fpm.mjs')
const has = (program) => spawnSync(program, ['--version']).error === undefined
const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-fpm-'))
afterAll(() => fs.rmSync(temp, { recursive: true, force: true }))

const BUNDLED = `# Licenses

## one - 1.0.0 (MIT)

Permission to use one.

## two - v2.0.0 (Apache-2.0)

The whole text of two.

## one - 1.0.0 (MIT)

Permission to use one.
`

function write(name, content, mode = 0o644) {
  const file = path.join(temp, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, content)
  fs.chmodSync(file, mode)
  return file
}

function makeDeb() {
  const app = path.join(temp, 'app')
  fs.mkdirSync(app, { recursive: true })
  fs.copyFileSync('/bin/true', path.join(app, 'weir'))
  fs.chmodSync(path.join(app, 'weir'), 0o755)
  fs.copyFileSync('/bin/true', path.join(app, 'chrome-sandbox'))
  const real = (name) => path.join(ROOT, name)
  const script = (name) => {
    const text = fs.readFileSync(real(`build/linux/${name}`), 'utf8')
    return write(name, text.replaceAll('${' + 'sanitizedProductName}', 'Weir').replaceAll('${' + 'executable}', 'weir'))
  }
  const deb = path.join(temp, 'weir.deb')
  const options = {
    '-s': 'dir',
    '-t': 'deb',
    '--name': 'weir',
    '--version': '0.1.0',
    '--category': 'admin',
    '--deb-priority': 'optional',
    '--architecture': 'amd64',
    '--maintainer': 'The Weir authors <weir@localhost>',
    '--description': `See, try, tune and carry limits\n${'A long line of words that goes on. '.repeat(8)}\n\nAnd a second part.`,
    '--after-install': script('after-install.sh'),
    '--after-remove': script('after-remove.sh'),
    '-d': 'libnss3',
    '--package': deb,
  }
  const files = [
    `${app}/=/opt/Weir`,
    `${real('docs/weir.1')}=/usr/share/man/man1/weir.1`,
    `${real('CHANGELOG.md')}=/usr/share/doc/weir/CHANGELOG.md`,
    `${real('LICENSE')}=/usr/share/doc/weir/LICENSE`,
    `${write('bundled.md', BUNDLED)}=/usr/share/doc/weir/licences-third-party.md`,
  ]
  execFileSync(process.execPath, [FPM, ...Object.entries(options).flat(), ...files], { stdio: 'inherit' })
  return deb
}

describe.skipIf(process.platform !== 'linux' || !has('dpkg-deb'))('a package by dpkg-deb', () => {
  test('depends on the libc its programs ask for, and has changelog and copyright as Debian wants them', () => {
    const deb = makeDeb()
    const control = execFileSync('dpkg-deb', ['-f', deb], { encoding: 'utf8' })
    expect(control).toMatch(/^Depends: libc6 \(>= 2\.\d+\), libnss3$/m)
    expect(control.split('\n').every((line) => line.length <= 80)).toBe(true)
    const out = path.join(temp, 'out')
    execFileSync('dpkg-deb', ['-x', deb, out])
    const doc = path.join(out, 'usr/share/doc/weir')
    expect(fs.readdirSync(doc).sort()).toEqual(['CHANGELOG.md.gz', 'changelog.gz', 'copyright'])
    const changelog = gunzipSync(fs.readFileSync(path.join(doc, 'changelog.gz'))).toString()
    expect(changelog).toMatch(/^weir \(0\.1\.0\) unstable; urgency=medium\n\n {2}\* /)
    expect(changelog).toMatch(/\n -- The Weir authors <weir@localhost> {2}\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\n$/)
    const copyright = fs.readFileSync(path.join(doc, 'copyright'), 'utf8')
    expect(copyright).toContain('Permission is hereby granted')
    expect(copyright.match(/one - 1\.0\.0 \(MIT\)/g)).toHaveLength(1)
    expect(copyright).toContain('/usr/share/common-licenses/Apache-2.0')
    expect(copyright).not.toContain('The whole text of two.')
  })

  test.skipIf(!has('lintian'))(
    'lintian has nothing to say',
    () => {
      const { stdout } = spawnSync('lintian', ['--fail-on', 'none', '--allow-root', makeDeb()], { encoding: 'utf8' })
      const said = stdout.split('\n').filter((line) => /^[EW]: /.test(line))
      expect(said).toEqual([])
    },
    120_000,
  )
})

test('the script after removal puts back an /opt that dpkg took away with its last package', () => {
  const script = fs.readFileSync(path.join(ROOT, 'build/linux/after-remove.sh'), 'utf8')
  const opt = path.join(temp, 'opt')
  const there = script.replaceAll('/opt ', `${opt} `).replaceAll('/opt;', `${opt};`)
  const only = there.split('\n').filter((line) => line.includes('[ ! -d'))
  expect(only).toHaveLength(1)
  execFileSync('sh', ['-c', only[0]])
  expect(fs.statSync(opt).isDirectory()).toBe(true)
})

test('an entry of the changelog is wrapped, and only the newest section is in it', () => {
  const text = changelogText(`# Changelog\n\n## 1.1\n\n- ${'word '.repeat(30)}\n- two\n\n## 1.0\n\n- old\n`, {
    name: 'weir',
    version: '1.1',
    maintainer: 'A <a@b>',
    date: new Date('2026-11-28T10:00:00Z'),
  })
  expect(text.split('\n').every((line) => line.length <= 80)).toBe(true)
  expect(text).toContain('\n  * two\n')
  expect(text).not.toContain('old')
  expect(text.endsWith(' -- A <a@b>  Sat, 28 Nov 2026 10:00:00 +0000\n')).toBe(true)
})

test('a module without a text is named with its licence', () => {
  expect(copyrightText('Own text', '## @a/b - 3.1.0 (MIT)\n\n## c - 1 (ISC)\n\nText of c.\n')).toContain(
    '@a/b - 3.1.0 (MIT)\n\nNo text came with it.',
  )
})
