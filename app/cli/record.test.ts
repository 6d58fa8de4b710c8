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
    expect(text).toMatch(/^# weir-recording\/1\n# \{"name":"web01","intervalS":0.1/)
    const rows = text
      .trim()
      .split('\n')
      .slice(3)
      .map((row) => row.split(','))
    const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0)
    expect([3, 4, 5, 6].map(sum)).toEqual([20, 20 * 4096, 5, 5 * 8192])

    const chosen = JSON.parse((await callWeir('choose', file, '--json')).out)
    expect(chosen).toMatchObject({ requests: 25, timing: 'intervals', devices: ['web01'] })
    for (const { noWait, noWaitMost } of chosen.frontier) expect(noWaitMost).toBeGreaterThanOrEqual(noWait)
    expect((await callWeir('choose', file)).out).toContain('Counted in intervals')
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
