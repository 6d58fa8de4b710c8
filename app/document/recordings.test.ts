import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Recordings } from './recordings.ts'

let folder = ''
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-recordings-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const quiet = () => undefined
const HEADING = 'time_s,op,offset,bytes\n'

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder, name)
  fs.writeFileSync(file, content)
  return file
}

test('a packed recording is read without its text, and its requests are kept when it is accepted', async () => {
  const recordings = new Recordings(path.join(folder, 'kept'))
  const file = write('web.csv.gz', zlib.gzipSync(`${HEADING}0,read,0,4096\n0.5,write,4096,512\n`))
  const opened = await recordings.open(file, quiet)
  expect(opened).toMatchObject({ ok: true, value: { format: 'trace-csv', imported: { files: [] } } })
  expect(fs.existsSync(path.join(folder, 'kept'))).toBe(false)
  const device = opened?.ok ? opened.value.imported.workspace.devices[0] : undefined
  const name = device?.workload.kind === 'trace' ? device.workload.path : ''
  const kept = await recordings.keep(quiet)
  expect(Object.keys(kept.ok ? kept.value : {})).toEqual([name])
  const own = kept.ok ? (kept.value[name] ?? '') : ''
  expect(path.dirname(path.dirname(own))).toBe(path.join(folder, 'kept'))
  expect(fs.readFileSync(own, 'utf8')).toBe(`${HEADING}0,read,0,4096\n0.5,write,4096,512\n`)
})

test('a short one is a text, and so is what is no recording', async () => {
  const recordings = new Recordings(path.join(folder, 'kept'))
  expect(await recordings.open(write('a.csv', `${HEADING}0,read,0,4096\n`), quiet)).toBeNull()
  expect(await recordings.open(write('b.xml', '<domain/>'), quiet)).toBeNull()
  expect(await recordings.keep(quiet)).toMatchObject({ ok: false, issues: [{ code: 'not-open' }] })
})

test('a long one is not a text; what is wrong with it is said', async () => {
  const recordings = new Recordings(path.join(folder, 'kept'))
  const long = Array.from({ length: 300_000 }, (_, index) => `${index / 1000},read,${index * 512},512\n`).join('')
  const opened = await recordings.open(write('long.csv', HEADING + long), quiet)
  expect(opened).toMatchObject({ ok: true, value: { format: 'trace-csv' } })
  const broken = await recordings.open(
    write('broken.csv.gz', zlib.gzipSync(`${HEADING}0,read,0,4096\n`.repeat(50)).subarray(0, 60)),
    quiet,
  )
  expect(broken?.ok).toBe(false)
})

test('while a long one is read and kept, its fraction and requests are told', async () => {
  const recordings = new Recordings(path.join(folder, 'kept'))
  const line = `7,R,512,512,1577808144360767\n`
  const file = write('long.gz', zlib.gzipSync(line.repeat(1_000_000)))
  const told: [number, number][] = []
  const tell = (fraction: number, requests: number) => void told.push([fraction, requests])
  expect(await recordings.open(file, tell)).toMatchObject({ ok: true })
  const whileOpened = told.length
  expect(whileOpened).toBeGreaterThan(0)
  expect(told.every(([fraction, requests]) => fraction > 0 && fraction <= 1 && requests > 0)).toBe(true)
  expect(await recordings.keep(tell)).toMatchObject({ ok: true })
  expect(told.length).toBeGreaterThan(whileOpened)
}, 60_000)
