import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, type TestContext, test } from 'vitest'
import { needsDepth } from './testing/needs-depth.ts'
import { device, labForTests, until } from './testing/test-lab.ts'

// O_DIRECT disks with several requests in flight, on real threads and the real kernel.

const bench = labForTests()

const FILE_BYTES = 8 * 1024 * 1024
const DIRECT = { disk: { kind: 'file', sizeBytes: FILE_BYTES, direct: true } }

function requests(id: string): number {
  const { read, write } = bench.lab.result().devices[id]!
  return read.requests + write.requests
}

test('deep disks keep the limit of their group, through moves, pauses and resets', {
  timeout: 60_000,
}, async (context) => {
  needsDepth(context)
  const value = (group: string | null) => ({
    iothreads: 2,
    groups: { slow: { 'iops-total': 400 } },
    devices: ['a', 'b'].map((id, iothread) =>
      device(id, group, { iodepth: 16, readPercent: 50 }, { ...DIRECT, iothread }),
    ),
  })
  expect(await bench.apply(value('slow'))).toEqual([])
  await bench.lab.start()
  await until('both have had several turns', () => requests('a') > 80 && requests('b') > 80)
  await bench.lab.pause()
  const { nowNs } = bench.last()
  const done = requests('a') + requests('b')
  // 40 fit into the bucket. One more goes of each direction: its timer was set before it was known what the other's would let go.
  expect(done).toBeLessThanOrEqual(400 * (nowNs / 1e9) + 40 + 2)
  expect(bench.lab.result().devices.a!.queuedMax).toBeGreaterThan(8)
  await bench.lab.start()
  expect(await bench.apply(value(null), 2)).toEqual([])
  await until('nothing limits them', () => requests('a') > done + 2000 && requests('b') > done + 2000)
  await bench.lab.pause()
  const paused = [requests('a'), requests('b')]
  await bench.lab.start()
  await until('they go on', () => requests('a') > paused[0]! && requests('b') > paused[1]!)
  expect(await bench.apply({ ...value('slow'), devices: value('slow').devices.slice(0, 1) }, 3)).toEqual([])
  await bench.lab.reset()
  await until('the other goes on from 0 after a reset', () => bench.last().state === 'running' && requests('a') > 0)
  expect(
    bench.snapshots.flatMap(({ events }) => events.filter(({ kind }) => kind === 'failed' || kind === 'note')),
  ).toEqual([])
})

test('a deep disk that is cut short stops its device with a reason, the other runs on', {
  timeout: 60_000,
}, async (context) => {
  needsDepth(context)
  const load = { iodepth: 16, readPercent: 100 }
  expect(await bench.apply({ devices: [device('a', null, load, DIRECT), device('b', null, load, DIRECT)] })).toEqual([])
  await bench.lab.start()
  const [run] = fs.readdirSync(bench.dataFolder)
  await until('both run', () => requests('a') > 0 && requests('b') > 0)
  fs.truncateSync(path.join(bench.dataFolder, run!, 'disk-1.img'), 4096)
  await until('it has failed', () => bench.last().devices.a?.status === 'failed')
  expect(bench.last().devices.a?.reason).toMatch(/disk-1\.img ends at byte \d+: it was cut short/)
  const before = requests('b')
  await until('the other runs on', () => requests('b') > before)
  await bench.lab.reset()
  expect(bench.last().devices.a?.status).toBe('running')
})

/** A file of the test's own with data in every block: holes return at once and keep no row of the kernel's queue. */
function dataFile(context: TestContext, name: string): string {
  const file = path.join(os.tmpdir(), `weir-${process.pid}-${name}.img`)
  fs.writeFileSync(file, randomBytes(FILE_BYTES))
  context.onTestFinished(() => fs.rmSync(file, { force: true }))
  return file
}

test('a device whose neighbour gives up gets the answers that came meanwhile', { timeout: 60_000 }, async (context) => {
  needsDepth(context)
  const [first, second] = [dataFile(context, 'gone'), dataFile(context, 'stays')]
  const onFile = (file: string) => ({
    disk: { kind: 'file', path: file, sizeBytes: FILE_BYTES, direct: true },
    iothread: 0,
  })
  const devices = [
    device('a', null, { iodepth: 128, readPercent: 100 }, onFile(first)),
    device('b', null, { iodepth: 1, readPercent: 100 }, onFile(second)),
  ]
  expect(await bench.apply({ iothreads: 1, devices })).toEqual([])
  await bench.lab.start()
  await until('both run', () => requests('a') > 1000 && requests('b') > 0)
  fs.rmSync(first)
  await until('a has failed', () => bench.last().devices.a?.status === 'failed')
  const before = requests('b')
  await until('b runs on', () => requests('b') > before + 100)
})

test('where the kernel’s queue is full every device gets its turn', { timeout: 60_000 }, async (context) => {
  needsDepth(context)
  const file = dataFile(context, 'shared')
  const devices = Array.from({ length: 20 }, (_, index) =>
    device(
      `d${index}`,
      null,
      { iodepth: 64, readPercent: 100 },
      { disk: { kind: 'file', path: file, sizeBytes: FILE_BYTES, direct: true } },
    ),
  )
  expect(await bench.apply({ iothreads: 1, devices })).toEqual([])
  await bench.lab.start()
  await until('all have read', () => devices.every(({ id }) => requests(String(id)) > 64))
})
