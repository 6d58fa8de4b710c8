import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Lab } from './lab.ts'
import { device, labForTests, pass, until, workspaceOf } from './testing/test-lab.ts'

// Backing files of Weir's own and of the user's: refused with their place, never touched unasked, missed when they vanish.

const bench = labForTests()

test('what cannot be opened is refused with its place, and nothing is left or changed', async () => {
  await bench.apply({ devices: [device('a', null)] })
  const missing = path.join(os.tmpdir(), 'weir-no-such-file.img')
  const issues = await bench.apply(
    {
      devices: [
        { id: 'own', disk: { kind: 'file', sizeBytes: 4096 } },
        { id: 'mine', disk: { kind: 'file', sizeBytes: 4096, path: missing } },
      ],
    },
    2,
  )
  expect(issues.map((issue) => issue.path)).toEqual(['devices[1].disk.path'])
  expect(fs.existsSync(missing)).toBe(false)
  expect(fs.readdirSync(bench.dataFolder)).toEqual([])
  expect(Object.keys(bench.lab.result().devices)).toEqual(['a'])
})

test("a load that writes does not run on a file of the user's, unless the workspace says so", async () => {
  const file = path.join(bench.dataFolder, '..', `weir-mine-${process.pid}.img`)
  const content = Buffer.alloc(65_536, 7)
  fs.writeFileSync(file, content)
  const disk = (write: boolean) => ({ kind: 'file', sizeBytes: 65_536, path: file, write })
  try {
    expect(await bench.apply({ devices: [device('a', null, {}, { disk: disk(false) })] })).toMatchObject([
      { path: 'devices[0].disk.write', code: 'write-not-allowed' },
    ])
    expect(await bench.apply({ devices: [device('a', null, { readPercent: 100 }, { disk: disk(false) })] })).toEqual([])
    await bench.runFor(50)
    expect(fs.readFileSync(file).equals(content)).toBe(true)
    expect(await bench.apply({ devices: [device('a', null, { readPercent: 0 }, { disk: disk(true) })] }, 2)).toEqual([])
    await bench.runFor(50)
    const after = fs.readFileSync(file)
    expect([after.length, after.equals(content)]).toEqual([65_536, false])
  } finally {
    fs.rmSync(file)
  }
})

test('a data folder that cannot be written to is a reason at the disk', async () => {
  const other = new Lab({ iothreadUrl: bench.iothreadUrl, dataFolder: '/proc/nowhere' })
  const refused = await other.apply(workspaceOf({ devices: [{ id: 'a', disk: { kind: 'file', sizeBytes: 4096 } }] }), 1)
  expect(refused.ok ? [] : refused.issues.map((issue) => [issue.path, issue.code])).toEqual([
    ['devices[0].disk', 'permission'],
  ])
  await other.close()
})

test('a backing file that disappears stops its device with a reason, the others run on, reset mends it', async () => {
  const disk = { kind: 'file', sizeBytes: 1 << 20 }
  await bench.apply({
    groups: { gold: { 'iops-total': 400 } },
    devices: [device('a', 'gold', {}, { disk }), device('b', 'gold', {}, { disk })],
  })
  await bench.lab.start()
  await pass(200)
  const run = path.join(bench.dataFolder, fs.readdirSync(bench.dataFolder)[0]!)
  fs.unlinkSync(path.join(run, 'disk-1.img'))
  await until('the loss is noticed', () => bench.last().devices.a?.status === 'failed')
  expect(bench.last().devices.a?.reason).toContain('disappeared')
  const before = bench.last().devices.b!
  await until('the other runs on', () => bench.last().devices.b!.read.requests > before.read.requests + 50)
  expect(bench.snapshots.flatMap((snapshot) => snapshot.events).find((event) => event.kind === 'failed')?.device).toBe(
    'a',
  )
  await bench.lab.reset()
  await until('it runs again', () => (bench.last().devices.a?.read.requests ?? 0) > 0 && bench.last().nowNs > 0)
  expect(bench.last().devices.a?.status).toBe('running')
})
