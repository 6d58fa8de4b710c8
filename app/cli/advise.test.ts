import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ownFolder, callWeir as weir } from './testing/call-weir.ts'

const { folder, write, remove } = ownFolder('weir-advise-')
afterAll(remove)

/** Half a minute: 20 requests of 8 KiB a second, 100 more at once in the middle. */
const LOAD = Array.from({ length: 600 + 100 }, (_, n) => {
  const atS = n < 300 ? n / 20 : n < 400 ? 15 : (n - 100) / 20
  return `${atS},read,${n * 8192},8192`
}).join('\n')

const workspace = (limits: object, workload: object) => ({
  format: 'weir-workspace/1',
  name: 'one',
  groups: { gold: limits },
  devices: [{ id: 'db', group: 'gold', disk: { kind: 'null' }, workload }],
})
const fixed = { kind: 'synthetic', arrivals: 'fixed', rateIops: 100, iodepth: 64 }

test('a recorded load gets limits, with what each would cost and how its burst behaves', async () => {
  const { exit, out } = await weir('advise', write('load.csv', LOAD), '--wait', '5ms')
  expect(exit).toBe(0)
  expect(out).toMatchInlineSnapshot(`
    "recorded (load.csv)
      demand, IOPS: 23.3 on average; by the second p50 20, p95 20, p99 120, max 120
      demand, bandwidth: 187 KiB/s on average; by the second p50 160 KiB/s, p95 160 KiB/s, p99 960 KiB/s, max 960 KiB/s
      rate  delayed  wait p99       max  limits
      p50   65.9 %     4.9 s     4.9 s  bandwidth 160 KiB/s · IOPS 20
    → p50      0 %         0         0  bandwidth 160 KiB/s, burst 832 KiB/s · IOPS 20, burst 110
      p99     15 %    680 ms    733 ms  bandwidth 960 KiB/s · IOPS 120
      p99      0 %         0         0  bandwidth 960 KiB/s, burst 960 KiB/s · IOPS 120, burst 120
      Choose bandwidth 160 KiB/s, burst 832 KiB/s · IOPS 20, burst 110: the lowest limits with which 99 of 100 requests wait at most 5 ms.
      IOPS: The burst is a pool of 110 requests, served as fast as the disk can. Then the group is held at 20 IOPS. It refills in 5.5 s of idle time.
      Bandwidth: The burst is a pool of 832 KiB, served as fast as the disk can. Then the group is held at 160 KiB/s. It refills in 5.2 s of idle time."
  `)
})

test('a workspace is looked at group by group', async () => {
  const file = write('ws.json', workspace({ 'iops-total': 50 }, fixed))
  const { exit, out } = await weir('advise', file, '--duration', '10s', '--json')
  const { format, groups } = JSON.parse(out)
  expect([exit, format, groups.length]).toEqual([0, 'weir-advice/1', 1])
  expect(groups[0].demand.iops.p50).toBe(100)
})

test('B against A, and exit 1 if a figure is worse and that was asked for', async () => {
  const run = async (name: string, iops: number) => {
    const file = write(`${name}.weir.json`, workspace({ 'iops-total': iops }, fixed))
    return write(`${name}.json`, (await weir('simulate', file, '--duration', '10s', '--json')).out)
  }
  const [low, high] = [await run('low', 50), await run('high', 200)]
  const better = await weir('advise', low, high, '--fail-if-worse')
  expect(better).toMatchObject({ exit: 0 })
  expect(better.out).toMatch(/From A to B: \S+ gains\.\nWorse in B: nothing \(within 2 %/)
  const worse = await weir('advise', high, low, '--fail-if-worse')
  expect(worse.exit).toBe(1)
  // Winners and losers by name, and what each pays: no count of figures.
  expect(worse.out).toMatch(/From A to B: (\S+) pays: .* IOPS .* less.*\nWorse in B: .*device \1 \(IOPS, bandwidth, /)
  expect(worse.out).not.toMatch(/\d (figures )?(better|worse)/)
  expect((await weir('advise', high, high)).out).toMatch(/no device gains or pays\.\nWorse in B: nothing/)
  expect((await weir('advise', high, low)).exit).toBe(0)
})

test('what cannot be advised on is said', async () => {
  const file = write('free.json', { format: 'weir-workspace/1', groups: { gold: {} }, devices: [] })
  const result = write('a.json', (await weir('simulate', write('b.weir.json', workspace({}, fixed)), '--json')).out)
  const answers = [
    await weir('advise', file),
    await weir('advise', write('ws2.json', workspace({}, fixed)), '--group', 'silver'),
    await weir('advise', result),
    await weir('advise', result, file),
    await weir('advise', write('ws3.json', workspace({}, fixed)), file),
    await weir('advise', result, write('half.json', '{')),
    await weir('advise', result, path.join(folder, 'gone.json')),
    await weir('advise', file, '--fail-if-worse'),
    await weir('advise', result, result, '--wait', '5ms'),
  ]
  expect(
    answers.map(({ exit, err }) => `${exit} ${err.split('\n')[1]?.replaceAll(folder, 'DIR').trim()}`),
  ).toMatchInlineSnapshot(`
    [
      "2 groups: no group has a device; put one in a group",
      "2 --group: "silver" is not valid; use a group that has devices: gold",
      "2 a result is compared with another; name two",
      "2 DIR/free.json: format: "weir-workspace/1" is not valid; use "weir-result/1"",
      "2 DIR/ws3.json is a workspace; name it alone, or two results, or recorded loads",
      "2 DIR/half.json: this is not JSON, from line 1 column 2 on: Expected property name or '}' in JSON at position 1. Perhaps the file was cut off",
      "2 DIR/gone.json: there is no such file; check the name",
      "2 --fail-if-worse: is for comparing two results; leave it out",
      "2 --wait: is for advice, and these are results; leave it out",
    ]
  `)
})

const CHAIN = {
  format: 'weir-workspace/1',
  name: 'cap',
  groups: { vm: { 'iops-total': 900 }, small: { 'iops-total': 100 } },
  devices: [
    { id: 'db', groups: ['vm', 'small'], disk: { kind: 'null' }, workload: { ...fixed, rateIops: 200 } },
    { id: 'log', group: 'vm', disk: { kind: 'null' }, workload: fixed },
  ],
}

test('under several limits it says which level to raise, and advises each level by itself', async () => {
  const file = write('chain.json', CHAIN)
  const { exit, out } = await weir('advise', file, '--duration', '10s')
  expect(exit).toBe(0)
  expect(out).toMatch(/^ {2}db waits on average: vm 0, small \d+ ms; 99 of 100 up to [\d.]+ s\. Raise small\.$/m)
  const { groups, levels } = JSON.parse((await weir('advise', file, '--duration', '10s', '--json')).out)
  expect(levels).toMatchObject([{ device: 'db', raise: 'small', levels: [{ group: 'vm' }, { group: 'small' }] }])
  // What the other level holds does not stand in the way of this one's advice.
  const [vm] = groups
  expect(vm.candidates[vm.recommended].limits['iops-total']).toBe(300)
  expect(vm.demand.iops.p50).toBe(300)
})

test('no level needs more where nobody waits too long; nothing is said of one level', async () => {
  const roomy = { ...CHAIN, groups: { vm: { 'iops-total': 900 }, small: { 'iops-total': 500 } } }
  const { out } = await weir('advise', write('roomy.json', roomy), '--duration', '10s')
  expect(out).toMatch(/db waits on average: .*\. No limit needs raising\.$/m)
  const plain = await weir('advise', write('ws1.json', workspace({ 'iops-total': 50 }, fixed)), '--duration', '10s')
  expect(plain.out).not.toContain('several limits')
})
