import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { buildIothread } from '#main/iothread/testing/build-for-tests.ts'
import { Lab } from './lab.ts'
import { needsDepth } from './testing/needs-depth.ts'
import { device, until, workspaceOf } from './testing/test-lab.ts'

// An O_DIRECT disk that hangs beside one that works. The iothread is the real one, and so is the kernel's queue; but what is
// submitted for a file that a trigger names is kept back until the trigger is gone, as if the disk did not answer.

const SABOTAGE = (iothread: URL, trigger: string) => `
import fs from 'node:fs'
import Module from 'node:module'

const [SUBMIT, GET_EVENTS] = process.arch === 'x64' ? [209, 208] : [2, 4]
const trigger = ${JSON.stringify(trigger)}
const kept = []
let copy = () => {}
const load = Module._load
Module._load = (request, ...rest) => {
  const koffi = load(request, ...rest)
  return request === 'koffi' ? { ...koffi, load: (name) => hanging(koffi, koffi.load(name)) } : koffi
}
function named() {
  try {
    return fs.readFileSync(trigger, 'utf8')
  } catch {
    return null // it goes while the other thread runs
  }
}
function hanging(koffi, program) {
  copy = program.func('memcpy', 'int64', ['int64', 'int64', 'int64'])
  // One buffer that never moves and is never freed: the kernel and memcpy are given its address as a plain number.
  const scratch = new DataView(new ArrayBuffer(4096))
  const scratchAddress = Number(koffi.address(scratch.buffer))
  const read = (address, bytes) => {
    copy(scratchAddress, address, bytes)
    return scratch
  }
  const fileOf = (block) => fs.readlinkSync('/proc/self/fd/' + read(block + 20, 4).getUint32(0, true))
  const func = (name, ...rest) => {
    const call = program.func(name, ...rest)
    if (name !== 'syscall') return call
    const submitOne = (context, block) => {
      scratch.setBigUint64(0, BigInt(block), true)
      const taken = call(SUBMIT, context, 1, scratchAddress, 0, 0)
      if (taken !== 1) throw new Error('the kernel took ' + taken + ' of 1 request')
    }
    return (number, context, a, b, c, d) => {
      const hangs = named()
      if (hangs === null) for (const [to, block] of kept.splice(0)) submitOne(to, block)
      if (number !== SUBMIT || hangs === null) return call(number, context, a, b, c, d)
      for (let index = 0; index < a; index += 1) {
        const block = Number(read(b + 8 * index, 8).getBigUint64(0, true))
        if (fileOf(block) === hangs) kept.push([context, block])
        else submitOne(context, block)
      }
      return a
    }
  }
  return { func }
}
await import(${JSON.stringify(iothread.href)})
`

test('a disk that hangs beside one that works is named, the other goes on; a stop waits for it, and says so', {
  timeout: 180_000,
}, async (context) => {
  needsDepth(context)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-silent-'))
  const trigger = path.join(folder, 'trigger')
  const saboteur = path.join(folder, 'saboteur.mjs')
  fs.writeFileSync(saboteur, SABOTAGE(await buildIothread(), trigger))
  const lab = new Lab({
    iothreadUrl: pathToFileURL(saboteur),
    dataFolder: path.join(folder, 'disks'),
    samplePeriodMs: 50,
  })
  onTestFinished(async () => {
    fs.rmSync(trigger, { force: true })
    await lab.close()
    fs.rmSync(folder, { recursive: true, force: true })
  })
  const snapshots: Parameters<Parameters<Lab['onSnapshot']>[0]>[0][] = []
  lab.onSnapshot((snapshot) => snapshots.push(snapshot))
  const disk = { kind: 'file', sizeBytes: 1 << 20, direct: true }
  const load = { iodepth: 4, readPercent: 100 }
  const devices = ['a', 'b'].map((id) => device(id, null, load, { disk, iothread: 0 }))
  const applied = await lab.apply(workspaceOf({ iothreads: 1, devices }), 1)
  expect(applied.ok).toBe(true)
  const requests = (id: string) => lab.result().devices[id]!.read.requests
  const stateOf = (id: string) => snapshots.at(-1)?.devices[id]
  await lab.start()
  await until('both run', () => requests('a') > 0 && requests('b') > 0)

  const [run] = fs.readdirSync(path.join(folder, 'disks'))
  const hangs = path.join(folder, 'disks', run!, 'disk-1.img')
  fs.writeFileSync(`${trigger}.new`, hangs)
  fs.renameSync(`${trigger}.new`, trigger)
  await until('the hang shows', () => stateOf('a')?.status === 'failed')
  expect(stateOf('a')?.reason).toMatch(/^its disk has not answered for \d+ s$/)
  const before = requests('b')
  await until('the other goes on', () => requests('b') > before + 100)
  expect(stateOf('b')).toMatchObject({ status: 'running', reason: null })

  await lab.pause() // waits for 4 s, and goes on without
  expect(stateOf('b')?.reason).toMatch(/^its iothread has waited \d+ s for the disk of a$/)
  fs.rmSync(trigger)
  const answered = () => stateOf('a')?.status === 'running' && stateOf('b')?.status === 'running'
  await until('it has answered', answered, 60_000) // by the machine's disk, which others may keep busy
  const [a, b] = [requests('a'), requests('b')]
  await lab.start()
  await until('both go on', () => requests('a') > a && requests('b') > b)
  const said = snapshots.flatMap(({ events }) => events.map(({ kind, text }) => `${kind}: ${text}`))
  expect(said).toContain('recovered: a: its disk answers again')
  expect(said).toContain('recovered: b: its iothread goes on')
})
