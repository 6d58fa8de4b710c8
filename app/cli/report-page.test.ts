import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { callWeir, ownFolder } from './testing/call-weir.ts'

const own = ownFolder('weir-report-')
afterAll(own.remove)

/** db asks for 100 a second, etl for all it can get; they share 200, or etl has 50 of its own. */
function workspace(part: object) {
  const disk = { kind: 'null', service: { kind: 'fixed', us: 500 } }
  return {
    format: 'weir-workspace/1',
    name: 'noisy',
    groups: { gold: { 'iops-total': 200 }, bulk: { 'iops-total': 50 } },
    devices: [
      {
        id: 'db',
        group: 'gold',
        disk,
        workload: { kind: 'synthetic', arrivals: 'poisson', rateIops: 100, iodepth: 64 },
      },
      { id: 'etl', group: 'gold', disk, workload: { kind: 'synthetic', iodepth: 64 } },
    ],
    ...part,
  }
}

async function resultOf(name: string, value: object): Promise<string> {
  const file = own.write(`${name}.weir.json`, value)
  const { out } = await callWeir('simulate', file, '--duration', '60s', '--json')
  return own.write(`${name}.json`, out)
}

const MOVED = workspace({
  devices: workspace({}).devices.map((device) => (device.id === 'etl' ? { ...device, group: 'bulk' } : device)),
  goals: [
    { device: 'db', waitMs: 20 },
    { device: 'etl', percentile: 100, waitMs: 1 },
  ],
})

test('two results make one page: changes, goals, curves, who pays, commands', { timeout: 60_000 }, async () => {
  const before = await resultOf('before', workspace({}))
  const after = await resultOf('after', MOVED)
  const page = path.join(own.folder, 'report.html')
  const { exit, err } = await callWeir('report', before, after, '-o', page, '--title', 'etl <moves> to bulk')
  expect([exit, err]).toEqual([0, ''])
  const html = fs.readFileSync(page, 'utf8')
  const text = html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<svg.*?<\/svg>/gs, '[chart]')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
  expect(text).toContain('1 of 2 goals is met; missed: etl: longest wait ≤ 1 ms')
  expect(text).toMatch(/db gains; etl pays: [\d.]+ IOPS/)
  expect(text).toContain('etl gold → bulk')
  expect(text).toMatch(
    /waits of all members’ requests Group IOPS Wait p50 Wait p99 gold 200 100 [\d.]+ ms 0 [\d.]+ ms 0 bulk 0 [\d.]+ – [\d.]+ s – [\d.]+ s /,
  )
  expect(text).toMatch(/db: wait p99 ≤ 20 ms (Met, with \d+ % to spare|Met: nothing waits) \[chart\] was /)
  expect(text).toMatch(/etl: longest wait ≤ 1 ms Missed by [\d.]+ m?s \[chart\] was /)
  // Weir's mark, two groups over time, two goals, and the change of two devices.
  expect(text.match(/\[chart\]/g)).toHaveLength(7)
  for (const file of [before, after]) {
    expect(text).toContain(`sha256 ${createHash('sha256').update(fs.readFileSync(file)).digest('hex')}`)
  }
  expect(html).toContain(
    '<ol class="commands"><li>etl-throttle: into bulk<pre>{ &quot;execute&quot;: &quot;blockdev-reopen&quot;',
  )
  expect(text).toContain('seed 1')
  const [, time = '', told] = /<time datetime="(.*?)">(.*?)<\/time>/.exec(html) ?? []
  expect([told, Math.abs(Date.now() - Date.parse(time)) < 600_000]).toEqual([
    `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`,
    true,
  ])
  // Nothing that is fetched or run, and nothing that somebody's name could do.
  expect(html).not.toMatch(/<script|<link|<img|src=|href=|url\(|@import/)
  expect(html).toContain('<h1>etl &lt;moves&gt; to bulk</h1>')
})

test('a missed goal is exit code 1 of simulate and is told', { timeout: 60_000 }, async () => {
  const file = own.write('goals.weir.json', MOVED)
  const { exit, out } = await callWeir('simulate', file, '--duration', '10s')
  expect(exit).toBe(1)
  expect(out).toMatch(/Goals\n {2}db: wait p99 ≤ 20 ms: met, .*\n {2}etl: longest wait ≤ 1 ms: missed, /)
  const { goals: _none, ...free } = MOVED as { goals?: unknown }
  expect((await callWeir('simulate', own.write('free.weir.json', free), '--duration', '1s')).exit).toBe(0)
})

test('a goal of a device that is not there is refused', async () => {
  const file = own.write('wrong.weir.json', workspace({ goals: [{ device: 'dbx', waitMs: 5 }] }))
  const { exit, err } = await callWeir('check', file)
  expect(exit).toBe(2)
  expect(err).toContain('goals[0].device: "dbx" is not a device of this workspace')
})

test('an older result has no curves and no commands, and still makes a page', { timeout: 60_000 }, async () => {
  const {
    workspace: _w,
    overTime: _o,
    ...old
  } = JSON.parse(fs.readFileSync(await resultOf('old', workspace({})), 'utf8'))
  const file = own.write('old.json', old)
  const { exit, out } = await callWeir('report', file, file)
  expect(exit).toBe(0)
  expect(out).toContain('No device differs by more than 2 %.')
  expect(out).not.toContain('<pre')
  expect((await callWeir('report', file, own.write('no.json', '{}'))).exit).toBe(2)
})

test('a comparison names who gains and what the others pay', { timeout: 60_000 }, async () => {
  const before = await resultOf('a', workspace({}))
  const after = await resultOf('b', MOVED)
  const { out } = await callWeir('advise', before, after)
  expect(out).toMatch(/From A to B: db gains; etl pays: .*IOPS/)
})

test('advice keeps the strictest goal of the group', { timeout: 60_000 }, async () => {
  const open = (id: string) => ({
    id,
    group: 'gold',
    disk: { kind: 'null' },
    workload: { kind: 'synthetic', arrivals: 'poisson', rateIops: 100, iodepth: 64 },
  })
  const goals = [
    { device: 'a', waitMs: 40 },
    { device: 'b', waitMs: 5 },
  ]
  const value = { ...workspace({}), devices: [open('a'), open('b')], goals }
  const file = own.write('goal.weir.json', value)
  const { exit, out } = await callWeir('advise', file, '--goal', '--duration', '10s', '--json')
  expect([exit, JSON.parse(out).groups[0].targetWaitNs]).toEqual([0, 5e6])
  const { goals: _none, ...without } = value
  const refused = await callWeir('advise', own.write('none.weir.json', without), '--goal')
  expect([refused.exit, refused.err]).toEqual([2, expect.stringContaining('no member of gold has a goal')])
})
