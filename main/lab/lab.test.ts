import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { Lab } from './lab.ts'
import { device, labForTests, pass, TIMED, until, workspaceOf } from './testing/test-lab.ts'

// Real threads, real time, real files: rates are compared within 10 %, as QEMU's own iotest 093 does.

const bench = labForTests()

/** Requests per second of a group without its initial allowance of a tenth of a second's. */
function steadyIops(result: RunResult, group: string, allowance: number): number {
  return (result.groups[group]!.iops * result.durationS - allowance) / result.durationS
}

test('a group on two iothreads keeps its limit and shares it fairly', TIMED, async () => {
  await bench.apply({
    groups: { gold: { 'iops-total': 2000 } },
    devices: [device('a', 'gold'), device('b', 'gold'), device('c', 'gold')],
  })
  const result = await bench.runFor(1500)
  expect(steadyIops(result, 'gold', 200) / 2000).toBeCloseTo(1, 1)
  expect(result.groups.gold?.fairness).toBeGreaterThan(0.99)
  expect(result.devices.a?.read.waitNs.p50).toBeGreaterThan(1e6)
})

test('a device without a group runs at full speed beside a throttled one', TIMED, async () => {
  await bench.apply({
    groups: { gold: { 'iops-total': 500 } },
    devices: [device('slow', 'gold'), device('fast', null)],
  })
  const result = await bench.runFor(1000)
  expect(steadyIops(result, 'gold', 50) / 500).toBeCloseTo(1, 1)
  expect(result.devices.fast!.read.iops + result.devices.fast!.write.iops).toBeGreaterThan(20_000)
})

test('read and write limits hold apart, in bytes', TIMED, async () => {
  await bench.apply({
    groups: { gold: { 'bps-read': 8_000_000, 'bps-write': 2_000_000 } },
    devices: [
      device('reader', 'gold', { readPercent: 100, blockBytes: 8192 }, { disk: { kind: 'file', sizeBytes: 1 << 24 } }),
      device('writer', 'gold', { readPercent: 0, blockBytes: 4096 }, { disk: { kind: 'file', sizeBytes: 1 << 24 } }),
    ],
  })
  const { devices, durationS } = await bench.runFor(1500)
  expect((devices.reader!.read.bytes - 800_000) / durationS / 8_000_000).toBeCloseTo(1, 1)
  expect((devices.writer!.write.bytes - 200_000) / durationS / 2_000_000).toBeCloseTo(1, 1)
})

test('an equal workspace changes nothing: no fresh burst, no event', TIMED, async () => {
  const value = {
    groups: { gold: { 'iops-total': 100, 'iops-total-max': 400 } },
    devices: [device('a', 'gold'), device('b', 'gold')],
  }
  await bench.apply(value)
  await bench.lab.start()
  for (let revision = 2; revision < 30; revision += 1) {
    await pass(30)
    await bench.apply({ ...value, name: `edit ${revision}` }, revision)
  }
  await until('the last revision is in force', () => bench.last().appliedRevision === 29)
  await bench.lab.pause()
  const result = bench.lab.result()
  expect(result.groups.gold!.iops * result.durationS).toBeLessThan(400 + 100 * result.durationS * 1.1 + 2)
  expect(bench.snapshots.flatMap((snapshot) => snapshot.events).map((event) => event.kind)).toEqual([
    'started',
    'paused',
  ])
})

test('a raised limit acts at once, although the old deadline is far away', TIMED, async () => {
  const value = (iops: number) => ({ groups: { gold: { 'iops-total': iops } }, devices: [device('a', 'gold')] })
  await bench.apply(value(1))
  await bench.lab.start()
  await pass(300)
  await bench.apply(value(2000), 2)
  await pass(1000)
  await bench.lab.pause()
  const result = bench.lab.result()
  expect(result.groups.gold!.iops * result.durationS).toBeGreaterThan(1500)
  expect(bench.last().groups.gold?.limits).toEqual({ 'iops-total': 2000 })
  expect(bench.snapshots.flatMap((snapshot) => snapshot.events).find((event) => event.kind === 'limits')).toMatchObject(
    {
      group: 'gold',
      text: expect.stringContaining('gold'),
    },
  )
})

test('a moved device counts in its new group, and both rates follow', TIMED, async () => {
  const value = (group: string) => ({
    groups: { gold: { 'iops-total': 300 }, bulk: { 'iops-total': 1500 } },
    devices: [device('a', 'gold'), device('b', group)],
  })
  await bench.apply(value('gold'))
  await bench.lab.start()
  await pass(500)
  await bench.apply(value('bulk'), 2)
  await until('the move shows', () => bench.last().appliedRevision === 2)
  expect(bench.last().groups.gold?.ring).toEqual(['a'])
  expect(bench.last().groups.bulk?.ring).toEqual(['b'])
  await pass(400)
  const before = bench.last()
  await pass(1000)
  const after = bench.last()
  const requests = (snapshot: Snapshot, id: string) =>
    snapshot.devices[id]!.read.requests + snapshot.devices[id]!.write.requests
  const rate = (id: string) => (requests(after, id) - requests(before, id)) / ((after.nowNs - before.nowNs) / 1e9)
  expect(rate('a') / 300).toBeCloseTo(1, 1)
  expect(rate('b') / 1500).toBeCloseTo(1, 1)
})

test('a device that comes while the lab runs does nothing past the limit of its group', TIMED, async () => {
  const devices = ['a', 'b', 'c', 'd', 'e'].map((id) => device(id, 'gold', { iodepth: 4 }))
  const groups = { gold: { 'iops-total': 20 } }
  await bench.apply({ groups, devices: [] })
  await bench.lab.start()
  for (let count = 1; count <= devices.length; count += 1)
    await bench.apply({ groups, devices: devices.slice(0, count) }, count)
  await until('all are in', () => Object.keys(bench.last()?.devices ?? {}).length === devices.length)
  await bench.lab.pause()
  const { iops } = bench.lab.result().groups.gold!
  // The bucket holds 2, and whoever finds it not yet over its size gets in.
  const { durationS } = bench.lab.result()
  expect(iops * durationS).toBeLessThanOrEqual(20 * durationS + 3)
  expect(
    Math.max(...Object.values(bench.lab.result().devices).map((each) => each.read.requests + each.write.requests)),
  ).toBeLessThan(30)
})

test('a device whose disk changes is put in place again, one that leaves is gone', async () => {
  await bench.apply({ devices: [device('a', null), device('b', null)] })
  await bench.lab.start()
  await bench.apply({ devices: [device('a', null, {}, { disk: { kind: 'file', sizeBytes: 1 << 20 } })] }, 2)
  await until('it shows', () => bench.last().appliedRevision === 2 && bench.last().devices.a!.read.requests > 0)
  expect(Object.keys(bench.last().devices)).toEqual(['a'])
  const run = path.join(bench.dataFolder, fs.readdirSync(bench.dataFolder)[0]!)
  expect(fs.readdirSync(run)).toContain('disk-1.img')
  await bench.apply({ devices: [device('a', null)] }, 3)
  expect(fs.readdirSync(run)).toEqual(['weir-run.json'])
})

test('script steps play on top of the workspace until the user edits the same value', async () => {
  const value = (gold: number, bulk: number) => ({
    groups: { gold: { 'iops-total': gold }, bulk: { 'iops-total': bulk } },
    devices: [device('a', 'gold')],
    script: [
      { atS: 0.2, setLimits: { group: 'gold', limits: { 'iops-total': 500 } } },
      { atS: 0.2, moveDevice: { device: 'a', group: 'bulk' } },
    ],
  })
  await bench.apply(value(1000, 100))
  await bench.lab.start()
  await until('the steps are played', () => bench.last().groups.gold!.limits['iops-total'] === 500)
  await until('the move is played', () => bench.last().devices.a!.group === 'bulk')
  await bench.apply(value(1000, 200), 2)
  await until('the edit shows', () => bench.last().appliedRevision === 2)
  expect(bench.last().groups.gold?.limits).toEqual({ 'iops-total': 500 })
  await bench.apply(value(900, 200), 3)
  await until('the edit shows', () => bench.last().appliedRevision === 3)
  expect(bench.last().groups.gold?.limits).toEqual({ 'iops-total': 900 })
  await bench.lab.reset()
  expect(bench.last().devices.a?.group).toBe('gold')
})

test('a script step that cannot be carried out fails once, and the next one plays', async () => {
  const file = path.join(os.tmpdir(), `weir-step-${process.pid}.csv`)
  fs.writeFileSync(file, '0,write,0,4096\n')
  const workload = { kind: 'trace', path: file, iodepth: 4 }
  const applied = await bench.apply({
    groups: { gold: { 'iops-total': 100 } },
    devices: [device('a', 'gold')],
    script: [
      { atS: 0.1, setWorkload: { device: 'a', workload } },
      { atS: 0.4, setLimits: { group: 'gold', limits: { 'iops-total': 500 } } },
    ],
  })
  expect(applied).toEqual([])
  fs.rmSync(file)
  await bench.lab.start()
  await until('the next step is played', () => bench.last().groups.gold!.limits['iops-total'] === 500)
  const failures = bench.snapshots.flatMap(({ events }) => events.filter(({ text }) => text.includes('step failed')))
  expect(failures).toHaveLength(1)
})

test('time stands still while paused, and reset brings it back to 0 with empty buckets', TIMED, async () => {
  await bench.apply({ groups: { gold: { 'iops-total': 100, 'iops-total-max': 300 } }, devices: [device('a', 'gold')] })
  await bench.runFor(300)
  const pausedAt = bench.last()
  await pass(300)
  expect(bench.lab.result().durationS).toBe(pausedAt.nowNs / 1e9)
  await bench.lab.start()
  await pass(100)
  await bench.lab.pause()
  expect(bench.last().nowNs - pausedAt.nowNs).toBeLessThan(250e6)
  await bench.lab.reset()
  expect(bench.last()).toMatchObject({ state: 'stopped', nowNs: 0 })
  expect(bench.last().devices.a?.read.requests).toBe(0)
  expect(bench.last().groups.gold?.buckets['iops-total']?.level).toBe(0)
  const again = await bench.runFor(200)
  expect(again.groups.gold!.iops * again.durationS).toBeGreaterThan(290)
})

test('open loops arrive at their rate, and their wait begins when they arrive', TIMED, async () => {
  const load = { arrivals: 'poisson', rateIops: 1000, iodepth: 8 }
  await bench.apply({
    groups: { gold: { 'iops-total': 500 } },
    devices: [device('free', null, load), device('late', 'gold', load)],
  })
  const { devices, durationS } = await bench.runFor(2000)
  expect((devices.free!.read.requests + devices.free!.write.requests) / durationS / 1000).toBeCloseTo(1, 0)
  expect(Math.max(devices.late!.read.waitNs.max, devices.late!.write.waitNs.max)).toBeGreaterThan(500e6)
})

test('a trace plays, and one that is wrong names its line', async () => {
  const file = path.join(os.tmpdir(), `weir-trace-${process.pid}.csv`)
  const workload = { kind: 'trace', path: file, iodepth: 4 }
  try {
    fs.writeFileSync(file, Array.from({ length: 50 }, (_, index) => `${index / 100},write,0,4096\n`).join(''))
    expect(await bench.apply({ devices: [{ id: 'a', disk: { kind: 'null' }, workload }] })).toEqual([])
    const result = await bench.runFor(800)
    expect(result.devices.a?.write.requests).toBe(50)
    fs.writeFileSync(file, '0,write,0\n')
    const issues = await bench.apply(
      { devices: [{ id: 'b', disk: { kind: 'null' }, workload: { ...workload, iodepth: 8 } }] },
      2,
    )
    expect(issues[0]).toMatchObject({ path: 'devices[0].workload.path', message: expect.stringContaining('line 1') })
    expect(Object.keys(bench.lab.result().devices)).toEqual(['a'])
  } finally {
    fs.rmSync(file, { force: true })
  }
})

test('several workspaces at once are put in force one after the other, the newest last', async () => {
  const group = (iops: number) => workspaceOf({ groups: { gold: { 'iops-total': iops } }, devices: [] })
  const answers = await Promise.all([1, 2, 3, 4, 5].map((revision) => bench.lab.apply(group(revision * 100), revision)))
  expect(answers.map((answer) => answer.ok && answer.value.revision)).toEqual([1, 2, 3, 4, 5])
  expect(bench.last().groups.gold?.limits).toEqual({ 'iops-total': 500 })
})

test('closing leaves no thread and no descriptor', { timeout: 30_000 }, async () => {
  const count = (what: string) => (process.platform === 'linux' ? fs.readdirSync(`/proc/self/${what}`).length : 0)
  const before = { threads: count('task'), files: count('fd') }
  for (let round = 0; round < 3; round += 1) {
    const other = new Lab({ iothreadUrl: bench.iothreadUrl, dataFolder: bench.dataFolder })
    const devices = [0, 1, 2, 3].map((index) =>
      device(`d${index}`, null, {}, { disk: { kind: 'file', sizeBytes: 1 << 20 } }),
    )
    await other.apply(workspaceOf({ iothreads: 4, devices }), 1)
    await other.start()
    await pass(50)
    await other.close()
    await other.close()
  }
  expect(count('task')).toBeLessThanOrEqual(before.threads)
  expect(count('fd')).toBeLessThanOrEqual(before.files)
})
