import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { callWeir, ownFolder } from './testing/call-weir.ts'

const own = ownFolder('weir-choose-')
afterAll(own.remove)

const RECORDED = path.join(import.meta.dirname, '../../main/frontier/fixtures/workloadcompactor/trace0004.txt')

/** The kept trace as `time_s,op,offset,bytes`. */
const CSV = fs
  .readFileSync(RECORDED, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(','))
  .map(([ns, size, op]) => `${(Number(ns) / 1e9).toFixed(9)},${op === 'DiskRead' ? 'read' : 'write'},0,${Number(size)}`)
  .join('\n')

test('a recorded load is told as a table, what to choose, and what does without a burst', {
  timeout: 30_000,
}, async () => {
  const { exit, out, err } = await callWeir('choose', own.write('web01.trace.csv', `time_s,op,offset,bytes\n${CSV}\n`))
  expect([exit, err]).toEqual([0, ''])
  expect(out).toMatchInlineSnapshot(`
    "web01: 1415 requests in 9.97 min, 2.37 on average (iops-total)
    The smallest burst that is enough at each limit:
      limit  nobody waits  p99 ≤ 1 ms  p99 ≤ 10 ms  p99 ≤ 100 ms
          2           301         293          293           293
         15            60          48           48            46
         27            55          45           45            42
         41            50          41           40            37
         61            43          36           35            30
         91            32          29           29            20
        132            26          21           20             8
        198            25          19           17             0
        296            24          17           15             0
        444            24          17           13             0
        644            23          16           10             0
        964            22          15            6             0
    → IOPS 5, burst 56: 99 of 100 requests wait at most 10 ms
      IOPS 175: without a burst, 99 of 100 requests wait at most 10 ms
      IOPS 246: without a burst, nobody waits"
  `)
})

test('the JSON has the buckets of every rate by percentile and wait', async () => {
  const file = own.write('web01.trace.gz', gzipSync(`time_s,op,offset,bytes\n${CSV}\n`))
  const { exit, out } = await callWeir('choose', file, '--wait', '50ms', '--json')
  const said = JSON.parse(out)
  expect(exit).toBe(0)
  expect([said.format, said.requests, said.devices]).toEqual(['weir-frontier/1', 1415, ['web01']])
  const at20 = said.frontier.find(({ rate }: { rate: number }) => rate === 20)
  expect(at20).toMatchInlineSnapshot(`
    {
      "noWait": 57.420780000000015,
      "p95": {
        "100ms": 19.29942,
        "10ms": 21.099420000000002,
        "1ms": 21.279420000000002,
        "50ms": 20.29942,
      },
      "p99": {
        "100ms": 44.294820000000016,
        "10ms": 46.09482000000001,
        "1ms": 46.27482000000001,
        "50ms": 45.294820000000016,
      },
      "p99.9": {
        "100ms": 54.93312000000002,
        "10ms": 56.733120000000014,
        "1ms": 56.91312000000001,
        "50ms": 55.93312000000002,
      },
      "rate": 20,
    }
  `)
  expect(said.frontier.length).toBeGreaterThan(100)
})

test('what is advised keeps the promise in the simulator, and a smaller burst does not', {
  timeout: 30_000,
}, async () => {
  const trace = own.write('t.csv', CSV)
  const said = JSON.parse((await callWeir('choose', trace, '--wait', '20ms', '--json')).out)
  const { limits } = said.choices.find(({ kind }: { kind: string }) => kind === 'corner')
  const worstP99Ms = async (groups: object) => {
    const device = {
      id: 'd',
      group: 'g',
      disk: { kind: 'null' },
      workload: { kind: 'trace', path: trace, iodepth: 1024 },
    }
    const file = own.write('w.weir.json', { format: 'weir-workspace/1', groups: { g: groups }, devices: [device] })
    const { out } = await callWeir('simulate', file, '--duration', '11m', '--trace', path.join(own.folder, 'log.csv'))
    expect(out).toContain('simulated')
    const rows = fs.readFileSync(path.join(own.folder, 'log.csv'), 'utf8').trim().split('\n').slice(1)
    const waits = rows.map((row) => Number(row.split(',')[1]) - Number(row.split(',')[0])).sort((a, b) => a - b)
    expect(waits.length).toBe(1415)
    return waits[Math.ceil(waits.length * 0.99) - 1]! * 1000
  }
  expect(await worstP99Ms(limits)).toBeLessThanOrEqual(20)
  expect(await worstP99Ms({ ...limits, 'iops-total-max': limits['iops-total-max'] - 2 })).toBeGreaterThan(20)
})

test('a group of a workspace is looked at without its limits; closed loops are said to hide demand', async () => {
  const load = { kind: 'synthetic', arrivals: 'fixed', rateIops: 200, iodepth: 64 }
  const disk = { kind: 'null', service: { kind: 'fixed', us: 1000 } }
  const file = own.write('two.weir.json', {
    format: 'weir-workspace/1',
    groups: { slow: { 'iops-total': 10 }, empty: {} },
    devices: [
      { id: 'a', group: 'slow', disk, workload: load },
      { id: 'b', group: 'slow', disk, workload: { kind: 'synthetic', iodepth: 1 } },
    ],
  })
  const { exit, out } = await callWeir('choose', file, '--duration', '10s', '--json')
  expect(exit).toBe(0)
  const said = JSON.parse(out)
  expect([said.devices, said.hidesDemand]).toEqual([['a', 'b'], ['b']])
  expect(said.meanRate).toBeGreaterThan(1000)
})

test('an import is read through the same door: a blktrace of two disks', async () => {
  const line = (disk: string, s: number) => `${disk} 0 1 ${s.toFixed(9)} 99 Q R ${Math.round(s * 8)} + 8 [fio]`
  const text = Array.from({ length: 40 }, (_, n) => `${line('8,0', n / 10)}\n${line('8,16', n / 10 + 0.01)}`).join('\n')
  const { exit, out, err } = await callWeir('choose', own.write('disks.txt', `${text}\n`), '--json')
  expect([exit, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({ requests: 80 })
})

test('wrong questions are refused with what would be right', async () => {
  const trace = own.write('q.csv', CSV)
  const groups = own.write('groups.weir.json', {
    format: 'weir-workspace/1',
    groups: { a: {}, b: {} },
    devices: ['a', 'b'].map((id) => ({ id, group: id, disk: { kind: 'null' }, workload: { kind: 'synthetic' } })),
  })
  const told = []
  for (const argv of [
    [trace, '--kind', 'iops'],
    [trace, '--percentile', '50'],
    [trace, '--wait', 'soon'],
    [trace, '--group', 'gold'],
    [groups],
    [own.write('broken.gz', Uint8Array.of(0x1f, 0x8b, 1, 2))],
    [own.write('nothing.csv', '')],
    [path.join(own.folder, 'gone.csv')],
  ]) {
    const { exit, err } = await callWeir('choose', ...argv)
    expect(exit).toBe(2)
    told.push(err.split('\n')[1]?.replaceAll(own.folder, 'DIR'))
  }
  expect(told).toMatchInlineSnapshot(`
    [
      "  --kind: "iops" is not valid; use one of bps-total, bps-read, bps-write, iops-total, iops-read, iops-write",
      "  --percentile: "50" is not valid; use 95, 99, 99.9 or 100, which is the longest wait",
      "  --wait: "soon" is not valid; use a time above 0, such as 10s, 500ms, 1.5m or 1h",
      "  --group: "gold" is not valid; use none: no group here has a device",
      "  --group: there are several groups; say which: a, b",
      "  DIR/broken.gz cannot be unpacked: unknown compression method; gzip -t tells whether it is whole",
      "  DIR/nothing.csv is empty; name a workspace or a recorded load",
      "  DIR/gone.csv: there is no such file; check the name",
    ]
  `)
})
