import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunResult } from '#shared/result.ts'
import { callWeir, callWeirUntil } from './testing/call-weir.ts'

let folder: string
let file: string

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-simulate-'))
  file = path.join(folder, 'two.weir.json')
  const device = (id: string) => ({
    id,
    group: 'gold',
    disk: { kind: 'null', service: { kind: 'exponential', us: 300 } },
    workload: { kind: 'synthetic', iodepth: 4, readPercent: 50 },
  })
  const workspace = {
    format: 'weir-workspace/1',
    groups: { gold: { 'iops-total': 200 } },
    devices: [device('a'), device('b, c')],
  }
  fs.writeFileSync(file, JSON.stringify(workspace))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

test('two runs with one seed print equal bytes', async () => {
  const call = ['simulate', file, '--duration', '30s', '--json']
  const [first, second] = [await callWeir(...call), await callWeir(...call)]
  expect(first.exit).toBe(0)
  expect(second.out).toBe(first.out)
  const result = JSON.parse(first.out) as RunResult
  expect([result.format, result.source, result.durationS]).toEqual(['weir-result/1', 'simulation', 30])
  expect(result.groups.gold?.iops).toBeCloseTo(200 + 21 / 30, 1)
})

test('without --json there is a table', async () => {
  const { out } = await callWeir('simulate', file, '--duration', '10s')
  expect(out).toContain('Untitled: 00:10 simulated, seed 1')
  expect(out).toMatch(/gold +202 /)
})

test('a disk under several limits has a row for each, in its outermost lane; JSON has them too', async () => {
  const chain = path.join(folder, 'chain.weir.json')
  const device = (id: string, groups: readonly string[]) => ({
    ...{ id, groups, disk: { kind: 'null', service: { kind: 'fixed', us: 10 } } },
    workload: { kind: 'synthetic', iodepth: 8, readPercent: 100 },
  })
  const groups = { vm: { 'iops-total': 900 }, small: { 'iops-total': 200 } }
  const devices = [device('db', ['vm', 'small']), device('log', ['vm'])]
  fs.writeFileSync(chain, JSON.stringify({ format: 'weir-workspace/1', groups, devices }))
  const { out } = await callWeir('simulate', chain, '--duration', '10s')
  const rows = out.replaceAll('\u2009', ' ').split('\n').slice(2, 9)
  expect(rows.map((row) => row.trimEnd().replace(/ {2,}/g, '  '))).toEqual([
    expect.stringMatching(/^vm {2}9\d\d .* IOPS 900/),
    expect.stringMatching(/^ {2}db {2}20\d .* 100 %$/),
    expect.stringMatching(/^ {2}at vm .* waits [\d.]+ ms on average$/),
    expect.stringMatching(/^ {2}at small {2}100 % {2}waits 3[\d.]+ ms on average$/),
    expect.stringMatching(/^ {2}log /),
    expect.stringMatching(/^small {2}20\d /),
    expect.stringMatching(/^ {2}db {2}20\d .* 100 %$/),
  ])
  const { devices: found } = JSON.parse(
    (await callWeir('simulate', chain, '--duration', '10s', '--json')).out,
  ) as RunResult
  expect(found.db?.levels?.map(({ group }) => group)).toEqual(['vm', 'small'])
  expect(found.log?.levels).toBeUndefined()
})

test('the trace has a line per request, and a name with a comma stays one field', async () => {
  const trace = path.join(folder, 'requests.csv')
  const { out } = await callWeir('simulate', file, '--duration', '5s', '--json', '--trace', trace)
  const result = JSON.parse(out) as RunResult
  const total = Object.values(result.devices).reduce((sum, { read, write }) => sum + read.requests + write.requests, 0)
  const lines = fs.readFileSync(trace, 'utf8').trimEnd().split('\n')
  expect(lines[0]).toBe('arrival_s,go_s,done_s,device,op,offset,bytes')
  expect(lines).toHaveLength(total + 1)
  expect(lines.filter((line) => line.includes('"b, c"')).length).toBeGreaterThan(100)
  for (const line of lines.slice(1)) {
    const [arrival, go, done] = line.split(',').map(Number) as [number, number, number]
    expect(arrival <= go && go <= done).toBe(true)
  }
})

test('an interrupted run says what there is', async () => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 50)
  const { exit, out, err } = await callWeirUntil(controller.signal, 'simulate', file, '--duration', '700h', '--json')
  const result = JSON.parse(out) as RunResult
  expect(exit).toBe(0)
  expect(err).toMatch(/^stopped at .* of 700:00:00$/m)
  expect(result.durationS).toBeGreaterThan(0)
  expect(result.durationS).toBeLessThan(700 * 3600)
})

test('a duration that nobody means is refused', async () => {
  const { exit, err } = await callWeir('simulate', file, '--duration', '1000h')
  expect([exit, err.includes('at most 30 days')]).toEqual([2, true])
})

test('a trace is not written into no folder, over a folder, or over the workspace', async () => {
  const before = fs.readFileSync(file, 'utf8')
  const answers = [path.join(folder, 'none', 'x.csv'), folder, file].map((trace) =>
    callWeir('simulate', file, '--trace', trace),
  )
  const told = (await Promise.all(answers)).map(({ exit, err }) => [
    exit,
    err.split('; use ')[1]?.replaceAll(folder, 'DIR'),
  ])
  expect(told).toEqual([
    [2, 'a folder that exists: there is no DIR/none'],
    [2, 'the name of a file: this is a folder'],
    [2, 'another file: this one is the input, and would be overwritten'],
  ])
  expect(fs.readFileSync(file, 'utf8')).toBe(before)
})

test.skipIf(process.platform !== 'linux')(
  'a trace or a file that cannot be written is told with its whole path',
  async () => {
    const trace = await callWeir('simulate', file, '--duration', '1s', '--trace', '/dev/full')
    expect([trace.exit, trace.err]).toEqual([
      3,
      expect.stringContaining('/dev/full is not complete: the disk is full.'),
    ])
    const saved = await callWeir('export', file, '--to', 'qmp', '--out', '/sys/limits.json')
    const reason = '/sys/limits.json was not saved: writing there is not allowed.'
    expect([saved.exit, saved.err]).toEqual([3, expect.stringContaining(reason)])
  },
)

test('a number of threads that is not valid is refused', async () => {
  const { exit, err } = await callWeir('simulate', file, '--threads', '0')
  expect(exit).toBe(2)
  expect(err).toContain('--threads: "0" is not valid; use a whole number from 1 to 256')
})
