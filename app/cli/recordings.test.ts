import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { callWeir, ownFolder } from './testing/call-weir.ts'

// A recording of `weir record` as the load of a device: one file, chosen like any other trace.

const own = ownFolder('weir-recordings-')
afterAll(own.remove)

const COLUMNS = 'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding'

function recording(rows: readonly string[], facts: object = { startedMs: 1_795_856_400_000 }): string {
  return `# weir-recording/1\n# ${JSON.stringify(facts)}\n${COLUMNS}\n${rows.join('\n')}\n`
}

/** `perS` reads of 4 KiB in each of so many seconds. */
function steady(device: string, perS: number, seconds: number): readonly string[] {
  return Array.from({ length: seconds }, (_, s) => `${s},${s + 1},${device},${perS},${perS * 4096},0,0,,`)
}

function workspace(name: string, files: Readonly<Record<string, string>>, limits: object): string {
  return own.write(name, {
    format: 'weir-workspace/1',
    groups: { gold: limits },
    devices: Object.entries(files).map(([id, file]) => ({
      id,
      group: 'gold',
      disk: { kind: 'null' },
      workload: { kind: 'trace', path: file, iodepth: 1024 },
    })),
  })
}

test('a device plays a recording: what it counted, evenly over each interval', async () => {
  own.write('web01.trace.gz', gzipSync(recording(steady('vda', 40, 2))))
  const file = workspace('plays.weir.json', { web01: 'web01.trace.gz' }, { 'iops-total': 1000 })
  const simulated = await callWeir('simulate', file, '--duration', '3s', '--json')
  expect([simulated.exit, JSON.parse(simulated.out).devices.web01.read]).toMatchObject([
    0,
    { requests: 80, bytes: 80 * 4096 },
  ])
  expect(simulated.err).toContain('web01.trace.gz: counted in intervals')
})

test('what is chosen for a workspace that plays one is an interval, also at another speed', async () => {
  own.write('web02.csv', recording(steady('vda', 50, 4)))
  const load = { kind: 'trace', path: 'web02.csv', iodepth: 1024, speed: 2 }
  const device = { id: 'web02', group: 'gold', disk: { kind: 'null' }, workload: load }
  const file = own.write('fast.weir.json', { format: 'weir-workspace/1', groups: { gold: {} }, devices: [device] })
  const { exit, out } = await callWeir('choose', file, '--duration', '4s', '--json')
  const said = JSON.parse(out)
  expect([exit, said.timing, said.requests]).toEqual([0, 'intervals', 200])
  // 50 in half a second, evenly: at 200 a second none is ever ahead by more than itself; at worst two intervals meet.
  const at = said.frontier.find(({ rate }: { rate: number }) => rate >= 200)
  expect([at.noWait, at.noWaitMost]).toEqual([0, 100])
})

test('several disks of a recording become one recording each, which tell as much', async () => {
  const both = recording(['0,1,vda,10,40960,0,0,0.5,1', '0,1,vdb,4,2048,2,8192,,', '1,2,vda,10,40960,0,0,0.96,2'])
  const file = own.write('two.csv', both)
  const out = path.join(own.folder, 'two.weir.json')
  const refused = await callWeir('simulate', workspace('no.weir.json', { a: 'two.csv' }, {}))
  expect([refused.exit, refused.err]).toEqual([2, expect.stringContaining('make a workspace of it with weir import')])
  expect((await callWeir('import', file, '--out', out)).exit).toBe(0)
  const { devices } = JSON.parse(fs.readFileSync(out, 'utf8'))
  const paths = devices.map(({ workload }: { workload: { path: string } }) => workload.path)
  expect(paths.map((name: string) => fs.readFileSync(path.join(own.folder, name), 'utf8'))).toEqual([
    recording(['0.000000,1.000000,vda,10,40960,0,0,0.5,1', '1.000000,2.000000,vda,10,40960,0,0,0.96,2']),
    recording(['0.000000,1.000000,vdb,4,2048,2,8192,,']),
  ])
  const played = JSON.parse((await callWeir('simulate', out, '--duration', '3s', '--json')).out)
  expect([played.devices.vda.read.requests, played.devices.vdb.write.bytes]).toEqual([20, 8192])
})

test('advice for a recording keeps the wait however bunched its requests came', { timeout: 30_000 }, async () => {
  const file = own.write('web03.csv', recording(steady('vda', 100, 10)))
  const { exit, out } = await callWeir('advise', file, '--wait', '5ms', '--json')
  const [advice] = JSON.parse(out).groups
  expect([exit, advice.timing]).toEqual([0, 'intervals'])
  const chosen = advice.candidates[advice.recommended]
  expect(chosen.bunched.waitP99Ns).toBeLessThanOrEqual(5e6)
  // Evenly, a limit without a burst would do; bunched, 200 come at once.
  const [plain] = advice.candidates
  expect([plain.burst, plain.waitP99Ns <= 5e6, plain.bunched.waitP99Ns > 5e6]).toEqual(['no burst', true, true])
  expect((await callWeir('advise', file)).out).toContain('Counted in intervals')
})

test('load that was at a limit while recorded hides its demand from there on', { timeout: 30_000 }, async () => {
  const held = Array.from({ length: 10 }, (_, s) => {
    const count = s < 4 ? 100 : 20
    return `${s},${s + 1},vda,${count},${count * 4096},0,0,${count / 100},${s < 4 ? 16 : 1}`
  })
  const file = own.write('held.csv', recording(held))
  const said = JSON.parse((await callWeir('choose', file, '--json')).out)
  expect(said.limited).toEqual({ devices: ['held'], timeShare: 0.4, fromRate: 100 })
  for (const { rate, known } of [...said.frontier, ...said.choices]) expect(known).toBe(rate < 100 ? undefined : false)
  const { out } = await callWeir('choose', file, '--wait', '900ms')
  expect(out).toContain('held was at a limit for 40 % of the time while recorded. From 100 on (?)')
  expect(out).toContain('– if it wants no more than it was given')
  expect((await callWeir('advise', file)).out).toContain('was at a limit for 40 % of the time')
  // In bytes it was held at what it was given in those seconds.
  const bytes = JSON.parse((await callWeir('choose', file, '--kind', 'bps-total', '--json')).out)
  expect(bytes.limited.fromRate).toBe(409_600)
  const free = own.write('free.csv', recording(steady('vda', 20, 3)))
  expect(JSON.parse((await callWeir('choose', free, '--json')).out)).toMatchObject({ limited: null, mayHideDemand: [] })
})

test('as many requests under way all the time may be a closed loop; a recorded one is one', async () => {
  const rows = Array.from({ length: 12 }, (_, s) => `${s},${s + 1},vda,${90 + s},4096,0,0,,${7.8 + s / 100}`)
  const file = own.write('same.csv', recording(rows))
  expect(JSON.parse((await callWeir('choose', file, '--json')).out).mayHideDemand).toEqual(['same'])
  expect((await callWeir('choose', file)).out).toContain('so it may take whatever it gets')
  const head = '# {"startedMs":1,"closedLoops":["b"]}\ntime_s,op,offset,bytes,device\n'
  const run = own.write('run.csv', `${head}0,read,0,512,a\n1,read,0,512,a\n0,read,0,512,b\n1,read,0,512,b\n`)
  expect(JSON.parse((await callWeir('choose', run, '--json')).out).hidesDemand).toEqual(['b'])
  expect((await callWeir('advise', run)).out).toContain('run.csv: b took what it was given while it was recorded')
})

test('a prediction that plays what was held back says so, and so does its page', { timeout: 30_000 }, async () => {
  own.write('quick.csv', recording(['0,1,vda,100,409600,0,0,1,16', '1,2,vda,20,81920,0,0,0.2,1']))
  own.write('even.csv', recording(Array.from({ length: 12 }, (_, s) => `${s},${s + 1},vda,9,36864,0,0,,8`)))
  own.write('plain.csv', recording(steady('vda', 20, 3)))
  const file = workspace('hides.weir.json', { db: 'quick.csv', etl: 'even.csv', web: 'plain.csv' }, {})
  const { out, err } = await callWeir('simulate', file, '--duration', '3s', '--json')
  expect(JSON.parse(out).hidden).toEqual([
    { device: 'db', timeShare: 0.5 },
    { device: 'etl', timeShare: 0, isSteady: true },
  ])
  const words = 'db was at a limit for 50 % of the time while it was recorded: it may want more than the figures show.'
  expect(err).toContain(words)
  const result = own.write('hides.json', out)
  expect((await callWeir('report', result, result)).out).toContain(words)
  const free = workspace('free.weir.json', { web: 'plain.csv' }, {})
  expect(JSON.parse((await callWeir('simulate', free, '--duration', '3s', '--json')).out)).not.toHaveProperty('hidden')
})

test('what was measured while it was recorded stands beside what is chosen and predicted, and on the page', {
  timeout: 30_000,
}, async () => {
  const timed = (...rows: readonly string[]) =>
    recording(rows).replace(COLUMNS, `${COLUMNS},read_latency,write_latency`)
  const rows = ['0,1,vda,20,81920,0,0,,,0-10000:19 12589-15849:1,', '1,2,vda,20,81920,0,0,,,,']
  const trace = own.write('timed.csv', timed(...rows))
  const words = 'Measured for timed while it was recorded, waits included: reads p50 < 10 µs, p99 13–16 µs.'
  expect((await callWeir('choose', trace)).out).toContain(words)
  const read = { requests: 20, p50: { fromNs: 0, toNs: 10_000 }, p99: { fromNs: 12_589, toNs: 15_849 } }
  const { measured } = JSON.parse((await callWeir('choose', trace, '--json')).out)
  expect(measured).toEqual([{ device: 'timed', read, write: null }])

  const file = workspace('timed.weir.json', { db: 'timed.csv' }, {})
  expect((await callWeir('simulate', file, '--duration', '3s')).out).toContain(words.replace('timed', 'db'))
  const result = own.write('timed.json', (await callWeir('simulate', file, '--duration', '3s', '--json')).out)
  expect((await callWeir('report', result, result)).out).toContain(
    '<tr><th scope="row">db</th><td>&lt; 10 µs</td><td>13–16 µs</td><td>–</td><td>–</td></tr>',
  )

  own.write('timed.csv', timed('0,1,vda,20,81920,0,0,,,often,'))
  const { exit, err } = await callWeir('simulate', file, '--duration', '3s')
  expect([exit, err]).toEqual([
    2,
    expect.stringContaining('timed.csv, line 4, read_latency: "often" is not valid; use from-'),
  ])
})

test('several recordings are looked at as far apart as they were, or that they are not is said', async () => {
  const burst = (startedMs: number | null) =>
    recording(['0,0.1,vda,50,204800,0,0,,', '10,10.1,vda,50,204800,0,0,,'], startedMs === null ? {} : { startedMs })
  const first = own.write('first.csv', burst(1_795_856_400_000))
  const chosen = async (second: string) => {
    const { out, exit } = await callWeir(
      'choose',
      first,
      own.write('second.csv', second),
      '--json',
      '--percentile',
      '100',
    )
    expect(exit).toBe(0)
    const { aligned, split, devices, spanS } = JSON.parse(out)
    expect(devices).toEqual(['first', 'second'])
    return { aligned, spanS: Math.round(spanS), sharedIsApart: split.sharedByAll > split.apartSum * 0.9 }
  }
  // They peak together, or 5 s apart: then one limit is enough for both.
  expect(await chosen(burst(1_795_856_400_000))).toEqual({ aligned: true, spanS: 10, sharedIsApart: true })
  expect(await chosen(burst(1_795_856_405_000))).toEqual({ aligned: true, spanS: 15, sharedIsApart: false })
  expect(await chosen(burst(1_795_999_000_000))).toEqual({ aligned: false, spanS: 10, sharedIsApart: true })
  expect(await chosen(burst(null))).toMatchObject({ aligned: false })
  expect((await callWeir('choose', first, path.join(own.folder, 'second.csv'))).out).toContain(
    'not recorded at the same time',
  )
  // A workspace that plays both does so, too.
  own.write('second.csv', burst(1_795_856_405_000))
  const both = workspace('both.weir.json', { first: 'first.csv', second: 'second.csv' }, {})
  expect(JSON.parse((await callWeir('choose', both, '--json')).out)).toMatchObject({ aligned: true, requests: 200 })
  const trace = path.join(own.folder, 'played.csv')
  await callWeir('simulate', both, '--duration', '20s', '--trace', trace)
  const [begin] = fs
    .readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => line.includes(',second,'))
  expect(Number(begin?.split(',')[0])).toBeCloseTo(5.001, 6)
})

test('apart and shared are bounds, too', async () => {
  const file = own.write('pair.csv', recording([...steady('vda', 30, 5), ...steady('vdb', 30, 5)]))
  const { split } = JSON.parse((await callWeir('choose', file, '--json')).out)
  for (const key of ['apartSum', 'sharedByAll', 'sharedByEach']) {
    expect(split.most[key]).toBeGreaterThan(split[key])
  }
})
