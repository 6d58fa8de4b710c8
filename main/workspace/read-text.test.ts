import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { decodeUtf8, readText } from './read-text.ts'

function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-read-'))
  return run(folder).finally(() => fs.rmSync(folder, { recursive: true }))
}

test('a text longer than a chunk is read whole, with what lies across the chunks', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'a.txt')
    const text = `x${'€'.repeat(700_000)}`
    fs.writeFileSync(file, text)
    const read = await readText(file)
    expect(read.ok && read.value === text).toBe(true)
  }))

test('a file above the limit is refused with its size', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'large')
    fs.writeFileSync(file, '')
    fs.truncateSync(file, 2 ** 26 + 1)
    const read = await readText(file)
    expect(read.ok ? [] : read.issues.map(({ code, message }) => [code, message])).toEqual([
      ['too-large', `${file} has 67108865 bytes; 67108864 bytes are the most`],
    ])
  }))

test('what never ends is refused at the limit', async ({ skip }) => {
  if (!fs.existsSync('/dev/zero')) skip('this system has no /dev/zero')
  const read = await readText('/dev/zero')
  expect(read.ok ? [] : read.issues.map(({ message }) => message)).toEqual([
    '/dev/zero has no end; 67108864 bytes are the most',
  ])
})

test('text in another encoding is refused, with its line', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'latin.conf')
    fs.writeFileSync(file, Buffer.from('plain\nB\xfccher=1\n', 'latin1'))
    const read = await readText(file)
    expect(read.ok ? [] : read.issues.map(({ code, message }) => [code, message])).toEqual([
      ['not-utf8', expect.stringContaining('latin.conf, line 2: this is not UTF-8 text')],
    ])
  }))

test.each([
  ['gzip-compressed', Buffer.from([0x1f, 0x8b, 8, 0]), 'gunzip'],
  ['UTF-16 text', Buffer.from('\ufeffqm set', 'utf16le'), 'iconv -f utf16 -t utf8'],
  ['UTF-16 text', Buffer.from('\ufeffqm set', 'utf16le').swap16(), 'iconv -f utf16 -t utf8'],
])('what is %s says how to make text of it', (what, bytes, remedy) => {
  const read = decodeUtf8(bytes, 'stdin')
  expect(read.ok ? '' : read.issues[0]?.message).toMatch(new RegExp(`^stdin: this is ${what}; .*${remedy}`))
})
