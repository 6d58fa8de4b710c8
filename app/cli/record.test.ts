import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { missingQemu, RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { callWeir, callWeirUntil, ownFolder } from './testing/call-weir.ts'

const own = ownFolder('weir-record-')
afterAll(own.remove)

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Cells of the recording's rows. */
const rowsOf = (file: string): readonly string[][] =>
  gunzipSync(fs.readFileSync(file))
    .toString('utf8')
    .trim()
    .split('\n')
    .slice(3)
    .map((row) => row.split(','))

/** How many disks of the VM have a histogram of reads, as somebody else sees it. */
async function histogramsOf(vm: RealQemu): Promise<number> {
  const rows = (await vm.outside('query-blockstats')) as { stats: { rd_latency_histogram?: unknown } }[]
  return rows.filter(({ stats }) => stats.rd_latency_histogram !== undefined).length
}

let qemu: RealQemu | null = null
afterEach(async () => {
  await qemu?.close()
  qemu = null
})

test('Ctrl-C while it connects ends it at once, and leaves no file', { timeout: 8_000 }, async () => {
  // A monitor that takes the connection and never greets: QEMU's answer would be waited for much longer than this test.
  const silent = path.join(own.folder, 'silent.sock')
  const controller = new AbortController()
  const server = net.createServer(() => controller.abort()).listen(silent)
  await once(server, 'listening')
  const file = path.join(own.folder, 'never.gz')
  const { exit, err } = await callWeirUntil(controller.signal, 'record', `unix:${silent}`, '-o', file)
  server.close()
  expect([exit, err]).toEqual([3, expect.stringContaining('was closed')])
  expect(fs.existsSync(file)).toBe(false)
})

test('an earlier recording is replaced only with --force, and a refusal asks the VM nothing', async () => {
  const nobody = `unix:${path.join(own.folder, 'nobody.sock')}`
  const file = path.join(own.folder, 'earlier.gz')
  fs.writeFileSync(file, 'earlier')
  const refused = await callWeir('record', nobody, '-o', file)
  expect([refused.exit, refused.err]).toEqual([2, expect.stringContaining('--force to overwrite it')])
  expect(fs.readFileSync(file, 'utf8')).toBe('earlier')
  const forced = await callWeir('record', nobody, '-o', file, '--force')
  expect([forced.exit, forced.err]).toEqual([3, expect.stringContaining('There is no socket')])
  const empty = path.join(own.folder, 'empty.gz')
  fs.writeFileSync(empty, '')
  expect((await callWeir('record', nobody, '-o', empty)).exit).toBe(3)
})

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  test('its counters are recorded, and what is chosen from them lies between evenly and however', {
    timeout: 60_000,
  }, async () => {
    qemu = await RealQemu.start(['-name', 'web01', '-drive', 'if=none,id=d0,driver=null-co,read-zeroes=on'])
    const file = path.join(own.folder, 'web01.trace.gz')
    const address = `unix:${(qemu.address as { path: string }).path}`
    const recording = callWeir('record', address, '--duration', '3s', '--interval', '100ms', '-o', file, '--json')
    // Once the file is there the recorder is connected; it looks for the first time before the requests come.
    while (!fs.existsSync(file)) await pass(20)
    await pass(500)
    await qemu.io('d0', 'read', { count: 20 })
    await qemu.io('d0', 'write', { count: 5, bytes: 8192 })
    const { exit, out } = await recording
    expect([exit, JSON.parse(out)]).toMatchObject([0, { format: 'weir-recorded/1', requests: 25, restarts: 0 }])
    const text = gunzipSync(fs.readFileSync(file)).toString('utf8')
    expect(text).toMatch(/^# weir-recording\/1\n# \{"name":"web01","startedMs":\d{13}/)
    expect(text).toContain('"limits":{},"groups":{"d0":[]}}')
    const rows = rowsOf(file)
    const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0)
    expect([3, 4, 5, 6].map(sum)).toEqual([20, 20 * 4096, 5, 5 * 8192])

    const chosen = JSON.parse((await callWeir('choose', file, '--json')).out)
    expect(chosen).toMatchObject({ requests: 25, timing: 'intervals', devices: ['web01'] })
    for (const { noWait, noWaitMost } of chosen.frontier) expect(noWaitMost).toBeGreaterThanOrEqual(noWait)
    expect((await callWeir('choose', file)).out).toContain('Counted in intervals')
  })

  test('limits chosen from a recording keep their promise when the same load comes again', {
    timeout: 90_000,
  }, async () => {
    qemu = await RealQemu.start([
      ...[
        '-name',
        'web02',
        '-drive',
        'if=none,id=d0,driver=null-co,read-zeroes=on',
        '-device',
        'scsi-hd,drive=d0,id=q0',
      ],
    ])
    const vm = qemu
    const address = `unix:${(vm.address as { path: string }).path}`
    const bursts = async () => {
      for (let burst = 0; burst < 5; burst += 1) {
        await vm.io('d0', 'read', { count: 30 })
        await pass(600)
      }
    }
    const file = path.join(own.folder, 'web02.trace.gz')
    const controller = new AbortController()
    const recorded = ['record', address, '--interval', '100ms', '--percentiles', '-o', file, '--json']
    const recording = callWeirUntil(controller.signal, ...recorded)
    while (!fs.existsSync(file)) await pass(20)
    await pass(500)
    await bursts()
    expect(await histogramsOf(vm)).toBe(1)
    controller.abort()
    const { out, err } = await recording
    expect([JSON.parse(out), err]).toMatchObject([{ requests: 150, end: 'done' }, ''])
    // Weir's own are gone, and each request is in one bin.
    expect(await histogramsOf(vm)).toBe(0)
    const bins = rowsOf(file).flatMap((row) => row.at(-2)?.split(' ') ?? [])
    expect(bins.reduce((sum, bin) => sum + Number(bin.split(':')[1] ?? 0), 0)).toBe(150)

    const promised = ['--wait', '200ms', '--percentile', '95']
    const said = JSON.parse((await callWeir('choose', file, ...promised, '--json')).out)
    const choice = said.choices.find(({ kind }: { kind: string }) => kind === 'no burst')
    const { p95 } = said.frontier.find(({ rate }: { rate: number }) => rate === choice.rate)
    // The other end of the interval: what 95 of 100 wait if they come evenly. Nothing, if this machine was slow to submit.
    const leastS = Math.max(0, (p95['1ms'] + choice.rate * 0.001 - choice.rate / 10) / choice.rate)

    /** Requests of the load under `limits` by how long they took: up to half the least, up to 1.5 times the promise, more. */
    const measured = async (limits: object): Promise<readonly number[]> => {
      const workspace = JSON.parse((await callWeir('capture', '--vm', address)).out)
      const [device] = workspace.devices
      const given = { ...workspace, groups: { chosen: limits }, devices: [{ ...device, group: 'chosen' }] }
      const applied = await callWeir('apply', own.write('chosen.weir.json', given), '--vm', address)
      expect(applied.exit, applied.err).toBe(0)
      const boundaries = [Math.max(1, (leastS / 2) * 1e9), 0.3e9].map(Math.round)
      await vm.outside('block-latency-histogram-set', { id: 'q0', boundaries })
      await bursts()
      for (;;) {
        const rows = (await vm.outside('query-blockstats')) as {
          stats: { rd_latency_histogram?: { bins: readonly number[] } }
        }[]
        const bins = rows[0]?.stats.rd_latency_histogram?.bins ?? []
        if (bins.reduce((sum, count) => sum + count, 0) === 150) return bins
        await pass(100)
      }
    }
    const [, likely = 0, late = 0] = await measured(choice.limits)
    expect(late).toBeLessThanOrEqual(7) // 5 of 100
    expect(likely + late).toBeGreaterThan(leastS > 0 ? 7 : 0)
    const [, , broken] = await measured({ 'iops-total': Math.floor(choice.rate / 3) })
    expect(broken).toBeGreaterThan(30)
  })

  test('a VM that goes away ends the recording with what there is', { timeout: 30_000 }, async () => {
    const drive = 'if=none,id=d0,driver=null-co,read-zeroes=on,throttling.iops-total=100'
    qemu = await RealQemu.start(['-drive', drive, '-device', 'scsi-hd,drive=d0,id=q0'])
    const vm = qemu
    const address = `unix:${(vm.address as { path: string }).path}`
    const file = path.join(own.folder, 'gone.trace.gz')
    const recording = callWeir('record', address, '--interval', '100ms', '--percentiles', '-o', file, '--json')
    while (!fs.existsSync(file)) await pass(20)
    await pass(500)
    await vm.io('d0', 'read', { count: 5 })
    await pass(500)
    await vm.kill()
    const { exit, out, err } = await recording
    expect([exit, JSON.parse(out)]).toMatchObject([3, { requests: 5, end: 'lost' }])
    expect(err).toContain('The VM went away, and ended the recording')
    expect(err).toContain("Weir's latency histograms of d0 stay in the VM if it still runs: it does not answer")
    // 5 requests in an interval of about 0.1 s, of 100 a second.
    const shares = rowsOf(file).map((row) => Number(row.at(-4)))
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(0.1)
    expect(JSON.parse((await callWeir('choose', file, '--json')).out)).toMatchObject({ requests: 5 })
  })

  test('a recording goes somewhere, and not too often', async () => {
    qemu = await RealQemu.start(['-drive', 'if=none,id=d0,driver=null-co'])
    const address = `unix:${(qemu.address as { path: string }).path}`
    const nowhere = await callWeir('record', address)
    expect([nowhere.exit, nowhere.err]).toEqual([2, expect.stringContaining('--out: this is missing')])
    const often = await callWeir('record', address, '--interval', '1ms', '-o', path.join(own.folder, 'x.gz'))
    expect([often.exit, often.err]).toEqual([2, expect.stringContaining('use 100ms or more')])
  })
})
