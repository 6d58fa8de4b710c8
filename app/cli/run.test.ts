import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildForTests } from '#main/iothread/testing/build-for-tests.ts'
import { openTrace } from '#main/workspace/open-trace.ts'
import type { RunResult } from '#shared/result.ts'

// `weir run` as a process of its own: what it prints, how it ends, what it leaves.

let folder: string
let cli: string
let data: string

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-run-'))
  cli = path.join(await buildForTests(), 'cli.js')
}, 120_000)

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

beforeEach(() => {
  data = fs.mkdtempSync(path.join(folder, 'data-'))
})

function write(name: string, workspace: object): string {
  const file = path.join(folder, name)
  fs.writeFileSync(file, JSON.stringify({ format: 'weir-workspace/1', groups: {}, devices: [], ...workspace }))
  return file
}

function noisy(): string {
  const disk = { kind: 'file', sizeBytes: 1 << 20 }
  return write('noisy.weir.json', {
    name: 'Noisy',
    groups: { gold: { 'iops-total': 400 } },
    devices: [
      { id: 'db', group: 'gold', disk, workload: { kind: 'synthetic', readPercent: 50 } },
      { id: 'scratch', group: null, disk, workload: { kind: 'synthetic', rateIops: 100 } },
    ],
  })
}

function weir(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [cli, 'run', '--data', data, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function ended(child: ChildProcess): Promise<{ exit: number | null; out: string; err: string }> {
  const text = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    text.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.err += chunk
  })
  const [exit] = (await once(child, 'close')) as [number | null]
  return { exit, ...text }
}

test('--json prints one result and nothing is left', { timeout: 30_000 }, async () => {
  const { exit, out, err } = await ended(weir(noisy(), '--duration', '1s', '--json'))
  const result = JSON.parse(out) as RunResult
  expect([exit, err]).toEqual([0, ''])
  expect(result).toMatchObject({ format: 'weir-result/1', source: 'lab', name: 'Noisy', seed: 1 })
  expect(result.durationS).toBeGreaterThanOrEqual(1)
  expect(result.groups.gold).toMatchObject({ members: ['db'], limits: { 'iops-total': 400 } })
  expect(Object.keys(result.devices.db ?? {})).toEqual(['group', 'read', 'write', 'queuedMax', 'throttledS'])
  expect(result.devices.scratch?.read.requests).toBeGreaterThan(30)
  expect(fs.readdirSync(data)).toEqual([])
})

test('a recording of counters is played as it counted, and what it hides and measured is said', {
  timeout: 30_000,
}, async () => {
  const columns =
    'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding,read_latency,write_latency'
  fs.writeFileSync(
    path.join(folder, 'web01.csv'),
    `# weir-recording/1\n${columns}\n0,0.5,vda,20,81920,5,2560,1,8,1000-2000:20,\n`,
  )
  const workload = { kind: 'trace', path: 'web01.csv' }
  const file = write('recorded.weir.json', { devices: [{ id: 'd', group: null, disk: { kind: 'null' }, workload }] })
  const { exit, out, err } = await ended(weir(file, '--duration', '1.5s', '--json'))
  const { devices, hidden, recordedLatency } = JSON.parse(out) as RunResult
  const { read, write: written } = devices.d!
  expect([exit, read.requests, read.bytes, written.requests, written.bytes]).toEqual([0, 20, 81920, 5, 2560])
  expect(err).toContain('web01.csv: counted in intervals')
  expect(hidden).toEqual([{ device: 'd', timeShare: 1 }])
  expect(err).toContain(
    'd was at a limit for 100 % of the time while it was recorded: it may want more than the figures show.',
  )
  const bounds = { fromNs: 1000, toNs: 2000 }
  expect(recordedLatency).toEqual([{ device: 'd', read: { requests: 20, p50: bounds, p99: bounds }, write: null }])
})

test('in a pipe it adds plain lines, and a table at the end', { timeout: 30_000 }, async () => {
  const { exit, out } = await ended(weir(noisy(), '--duration', '2.5s'))
  expect(exit).toBe(0)
  expect(out.split('\n').filter((line) => /^00:0[12] {2}gold: .* IOPS/.test(line))).toHaveLength(2)
  expect(out).toContain('not throttled: scratch')
  expect(out).toMatch(/Noisy: .* measured/)
  expect(out).not.toContain('\u001b')
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends it early, with what was measured and nothing left`, { timeout: 30_000 }, async () => {
    const child = weir(noisy(), '--duration', '1h', '--json')
    const end = ended(child)
    while (fs.readdirSync(data).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 500))
    child.kill(signal)
    const { exit, out } = await end
    expect(exit).toBe(0)
    expect((JSON.parse(out) as RunResult).durationS).toBeLessThan(20)
    expect(fs.readdirSync(data)).toEqual([])
  })
}

test('--record keeps every request, also of a run that is ended early: played and chosen for like any trace', {
  timeout: 30_000,
}, async () => {
  const disk = { kind: 'null' }
  const steady = { kind: 'synthetic', arrivals: 'fixed', rateIops: 500, readPercent: 50, iodepth: 64 }
  const file = write('recorded-run.weir.json', {
    groups: { gold: { 'iops-total': 200 } },
    devices: [
      { id: 'steady, 500', group: 'gold', disk, workload: steady },
      { id: 'greedy', group: 'gold', disk, workload: { kind: 'synthetic', iodepth: 2 } },
    ],
  })
  const trace = path.join(folder, 'run.trace.gz')
  const child = weir(file, '--duration', '1h', '--record', trace, '--json')
  const end = ended(child)
  while (!fs.existsSync(trace)) await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise((resolve) => setTimeout(resolve, 1500))
  child.kill('SIGINT')
  const { exit, out } = await end
  const result = JSON.parse(out) as RunResult & { readonly record: { readonly requests: number } }
  expect(exit).toBe(0)
  const opened = await openTrace(trace)
  const recordings = opened.ok ? opened.value.recordings : []
  expect(recordings.map(({ device, trace: { about } }) => [device, about?.isClosedLoop]).sort()).toEqual([
    ['greedy', true],
    ['steady, 500', false],
  ])
  const counts = new Map(recordings.map(({ device, trace: { count } }) => [device, count]))
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(result.record.requests)
  const done = (id: string) => (result.devices[id]?.read.requests ?? 0) + (result.devices[id]?.write.requests ?? 0)
  // What waits in the throttle has arrived and is in the file: 64 and 2 at most.
  for (const [id, depth] of [['steady, 500', 64] as const, ['greedy', 2] as const]) {
    expect((counts.get(id) ?? 0) - done(id)).toBeGreaterThanOrEqual(0)
    expect((counts.get(id) ?? 0) - done(id)).toBeLessThanOrEqual(depth)
  }
  const steadily = recordings.find(({ device }) => device === 'steady, 500')?.trace
  // Arrivals, not when the limit let them go: 2 ms apart.
  expect(steadily?.timesNs.subarray(0, 4)).toEqual(Float64Array.of(0, 2e6, 4e6, 6e6))
})

test('a recording is not written over what the run reads', async () => {
  const file = noisy()
  const { exit, err } = await ended(weir(file, '--record', file))
  expect([exit, err]).toEqual([2, expect.stringContaining('would be')])
})

test('a reader that goes away ends it, and nothing is left', { timeout: 30_000 }, async () => {
  const child = weir(noisy(), '--duration', '1h')
  child.stdout?.once('data', () => child.stdout?.destroy())
  const [exit] = (await once(child, 'exit')) as [number]
  expect(exit).toBe(0)
  expect(fs.readdirSync(data)).toEqual([])
})

test('what a killed run left is gone after the next', { timeout: 30_000 }, async () => {
  const child = weir(noisy(), '--duration', '1h')
  while (fs.readdirSync(data, { recursive: true }).length < 4) await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(fs.readdirSync(data)).toHaveLength(1)
  await ended(weir(noisy(), '--duration', '0.2s'))
  expect(fs.readdirSync(data)).toEqual([])
})

test('what cannot run is refused with exit 2 and its place', { timeout: 30_000 }, async () => {
  const disk = { kind: 'file', sizeBytes: 4096, path: 'no-such.img' }
  const missing = write('missing.weir.json', { devices: [{ id: 'a', disk }] })
  expect(await ended(weir(missing))).toMatchObject({
    exit: 2,
    out: '',
    err: expect.stringContaining('devices[0].disk.path'),
  })
  data = '/proc/weir'
  const unwritable = await ended(weir(noisy(), '--json'))
  expect(unwritable.exit).toBe(2)
  expect(JSON.parse(unwritable.out).issues).toEqual([
    {
      path: '--data',
      code: 'permission',
      message: expect.stringMatching(
        /^backing files cannot be made in \/proc\/weir \(.*\); name a folder that can be made and written to$/,
      ),
    },
  ])
})

test('a file of the user’s is overwritten only if the one who runs it says so, too', { timeout: 30_000 }, async () => {
  const file = path.join(folder, 'mine.img')
  const content = Buffer.alloc(65_536, 7)
  fs.writeFileSync(file, content)
  const disk = { kind: 'file', sizeBytes: 65_536, path: file, write: true }
  const workspace = write('mine.weir.json', {
    devices: [{ id: 'a', disk, workload: { kind: 'synthetic', readPercent: 0 } }],
  })
  const refused = await ended(weir(workspace, '--duration', '0.2s'))
  expect(refused).toMatchObject({ exit: 2, err: expect.stringContaining(`--write-to ${file}`) })
  expect(fs.readFileSync(file).equals(content)).toBe(true)
  expect(await ended(weir(workspace, '--duration', '0.3s', '--write-to', file, '--json'))).toMatchObject({ exit: 0 })
  expect(fs.readFileSync(file).equals(content)).toBe(false)
})

test('output that cannot be written is what broke, in one line', { timeout: 30_000 }, () => {
  const full = process.platform === 'linux' ? fs.openSync('/dev/full', 'w') : fs.openSync(cli, 'r')
  const { status, stderr } = spawnSync(process.execPath, [cli, 'check', noisy()], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  fs.closeSync(full)
  expect(status).toBe(3)
  expect(stderr).toMatch(/^weir: the output cannot be written: .*\n$/)
})

/** Runs `command` where `mount` is a file system of 2 MiB; null where this user may not mount. */
function onSmallDisk(mount: string, command: readonly string[]) {
  const small = (line: string) => spawnSync('unshare', ['-rm', 'sh', '-c', line], { encoding: 'utf8', timeout: 60_000 })
  const mounted = `mount -t tmpfs -o size=2m tmpfs '${mount}'`
  if (small(mounted).status !== 0) return null
  return small(`${mounted} && exec ${command.map((word) => `'${word}'`).join(' ')}`)
}

test('a full disk stops its device with a reason, the others run on', { timeout: 60_000 }, () => {
  const workload = { kind: 'synthetic', readPercent: 0, pattern: 'sequential' }
  const file = write('full.weir.json', {
    devices: [
      { id: 'full', group: null, disk: { kind: 'file', sizeBytes: 1 << 24 }, workload },
      { id: 'other', group: null, disk: { kind: 'null' }, workload: { ...workload, rateIops: 500 } },
    ],
  })
  const command = [process.execPath, cli, 'run', file, '--data', data, '--duration', '1s', '--json']
  const ran = onSmallDisk(data, command)
  if (ran === null) {
    console.log('this user may not mount a small disk: only /dev/full is tried, in main/device')
    return
  }
  const result = JSON.parse(ran.stdout) as RunResult
  expect(ran.status).toBe(3)
  expect(result.devices.full?.failed).toContain('no space is left')
  expect(result.devices.other?.failed).toBe(undefined)
  expect(result.devices.other?.write.iops).toBeGreaterThan(100)
})
