import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { hasProgram } from '#main/exporter/testing/programs.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { callWeir as weir } from './testing/call-weir.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function server(
  answer: (url: string, headers: Record<string, unknown>) => readonly [number, string],
): Promise<string> {
  const made: Server = createServer((request, response) => {
    const [status, text] = answer(request.url ?? '', request.headers)
    request.resume().on('end', () => response.writeHead(status).end(text))
  })
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => made.close())
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}` // a TCP server that listens
}

async function freePort(): Promise<number> {
  const made = createServer()
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  const { port } = made.address() as AddressInfo // a TCP server that listens
  await new Promise((resolve) => made.close(resolve))
  return port
}

const advise = (url: string, ...more: readonly string[]) => weir('advise', '--prometheus', url, ...more)

test.each([
  ['a word', 'nowhere', '--prometheus', 'the address of a Prometheus'],
  ['another protocol', 'file:///etc/passwd', '--prometheus', 'the address of a Prometheus'],
])('%s is no address', async (_, url, place, message) => {
  const { exit, err } = await advise(url)
  expect([exit, err]).toEqual([2, expect.stringContaining(place)])
  expect(err).toContain(message)
})

test('options of files are refused beside it, and its own without it', async () => {
  const beside = await advise('http://127.0.0.1:1', '--wait', '1ms')
  expect([beside.exit, beside.err]).toEqual([2, expect.stringContaining('--wait')])
  const without = await weir('advise', 'x.weir.json', '--over', '1d')
  expect([without.exit, without.err]).toEqual([2, expect.stringContaining('--over')])
  const neither = await weir('advise')
  expect([neither.exit, neither.err]).toEqual([2, expect.stringContaining('--prometheus URL for a fleet')])
})

test('one that is not there, wants a password, refuses, or is something else, is told as such', async () => {
  expect(await advise(`http://127.0.0.1:${await freePort()}`)).toMatchObject({
    exit: 3,
    err: expect.stringContaining('ECONNREFUSED'),
  })
  const locked = await advise(await server(() => [401, 'no']))
  expect(locked).toMatchObject({ exit: 3, err: expect.stringContaining('http://USER:PASSWORD@HOST') })
  const refused = await advise(await server(() => [422, '{"status":"error","error":"too \\u001b[31mmany"}']))
  expect(refused).toMatchObject({ exit: 3, err: expect.stringContaining('refused a query: too') })
  expect(refused.err).not.toContain('\u001b')
  expect(await advise(await server(() => [200, '<html>']))).toMatchObject({
    exit: 3,
    err: expect.stringContaining('JSON'),
  })
  const empty = await advise(
    await server(() => [200, '{"status":"success","data":{"resultType":"vector","result":[]}}']),
  )
  expect(empty).toMatchObject({ exit: 2, err: expect.stringContaining('is it scraping the exporter?') })
})

test('a user and a password go as basic authentication and appear in no message', async () => {
  let seen: unknown
  const url = await server((_, headers) => {
    seen = headers.authorization
    return [200, 'x']
  })
  const { err } = await advise(url.replace('http://', 'http://anna:se%20cret@'))
  expect(seen).toBe(`Basic ${Buffer.from('anna:se cret').toString('base64')}`)
  expect(err).not.toContain('cret')
})

const absent = ['prometheus', 'promtool'].find((name) => !hasProgram(name))
const why = absent === undefined ? '' : `skipped: ${absent} is not installed`
describe.skipIf(absent !== undefined)(`a real Prometheus with two days of history ${why}`, () => {
  const STEP_S = 300
  const HOURS = 48

  /** Three VMs: `small` is held at its limit six hours a day, `large` uses a tenth, `fits` 70 %. */
  function openMetrics(endS: number): string {
    const families = new Map<string, string[]>()
    const put = (family: string, line: string) => families.set(family, [...(families.get(family) ?? []), line])
    const vms = { small: 0.4, large: 0.1, fits: 0.7 }
    const totals = new Map<string, number>()
    for (let atS = endS - HOURS * 3600; atS <= endS; atS += STEP_S) {
      for (const [domain, use] of Object.entries(vms)) {
        const isHeld = domain === 'small' && new Date(atS * 1000).getUTCHours() < 6
        const vm = `instance="h:9723",job="weir",domain="${domain}"`
        const rate = (isHeld ? 1 : use) * 500
        const count = (name: string, labels: string, perSecond: number) => {
          const key = `${name}{${labels}}`
          totals.set(key, (totals.get(key) ?? 0) + perSecond * STEP_S)
          put(name, `${name}_total{${labels}} ${totals.get(key)} ${atS}`)
        }
        const bucket = `${vm},group="${domain}",limit="iops-total"`
        const disk = `${vm},target_device="vda"`
        put('weir_group_limit', `weir_group_limit{${bucket}} 500 ${atS}`)
        put('weir_disk_throttle_group', `weir_disk_throttle_group{${disk},group="${domain}",level="0"} 1 ${atS}`)
        put('weir_disk_size_bytes', `weir_disk_size_bytes{${disk}} 1000000 ${atS}`)
        put('weir_bucket_use_ratio', `weir_bucket_use_ratio{${bucket}} ${rate / 500} ${atS}`)
        count('weir_bucket_at_limit_seconds', bucket, isHeld ? 1 : 0)
        // Each request takes 2 ms by itself, and as long again at the limit.
        count('weir_disk_request_seconds', `${disk},direction="read"`, rate * (isHeld ? 0.003 : 0.002))
        count('weir_disk_wait_seconds', `${disk},direction="read"`, isHeld ? rate * 0.001 : 0)
        count('weir_group_resets', `${vm},group="${domain}"`, 0)
      }
    }
    const isCounter = (family: string) => /_seconds$|_resets$/.test(family)
    const blocks = [...families].map(
      ([family, lines]) => `# TYPE ${family} ${isCounter(family) ? 'counter' : 'gauge'}\n${lines.join('\n')}\n`,
    )
    return `${blocks.join('')}# EOF\n`
  }

  async function prometheus(root: string): Promise<string> {
    const endS = Math.floor(Date.now() / 1000 / STEP_S) * STEP_S
    await writeFile(path.join(root, 'history.om'), openMetrics(endS))
    const tsdb = path.join(root, 'tsdb')
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', path.join(root, 'history.om'), tsdb], {
      stdio: 'ignore',
    })
    await writeFile(path.join(root, 'prometheus.yml'), 'scrape_configs: []\n')
    const port = await freePort()
    const args = [
      '--storage.tsdb.retention.time=30d',
      `--storage.tsdb.path=${tsdb}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    const child: ChildProcess = spawn('prometheus', [`--config.file=${path.join(root, 'prometheus.yml')}`, ...args], {
      stdio: 'ignore',
    })
    cleanups.push(async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    })
    const url = `http://127.0.0.1:${port}`
    for (;;) {
      const ready = await fetch(`${url}/-/ready`).catch(() => null) // it is not up at once
      if (ready?.ok) return url
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  test('verdicts, intervals, a table, and workspaces of what is proposed', { timeout: 90_000 }, async () => {
    const { path: root, remove } = await makeTempFolder()
    cleanups.push(remove)
    const url = await prometheus(root)
    const asked = ['--over', '2d', '--step', `${STEP_S}s`]
    const { exit, out } = await advise(url, ...asked, '--json')
    expect(exit).toBe(0)
    const { vms } = JSON.parse(out) as { vms: { domain: string; groups: { buckets: object[]; disks: string[] }[] }[] } // its own format
    const of = (domain: string) => vms.find((vm) => vm.domain === domain)?.groups[0]?.buckets[0]
    expect(of('fits')).toMatchObject({ verdict: 'well', limit: 500, proposed: 500 })
    expect(of('large')).toMatchObject({ verdict: 'over', proposed: 75 })
    expect(of('small')).toMatchObject({ verdict: 'under', demand: { low: 500 }, proposed: 750 })
    expect((of('small') as { demand: { high: number } }).demand.high).toBeCloseTo(750, 0)
    expect((of('small') as { atLimitShare: number }).atLimitShare).toBeCloseTo(0.25, 1)

    const folder = path.join(root, 'proposals')
    const table = await advise(url, ...asked, '--out-dir', folder)
    expect(table.out).toMatch(
      /3 VMs, 3 limits over 48 h in steps of 5 min: 1 too small, 1 too large, 0 not known, 1 fits/,
    )
    expect(table.out).toMatch(/too small +small +small \(vda\) +iops-total 500 IOPS → 750 IOPS\n/)
    expect((await readdir(folder)).sort()).toEqual(['large.weir.json', 'small.weir.json'])
    const workspace = parseWorkspace(JSON.parse(await readFile(path.join(folder, 'small.weir.json'), 'utf8')))
    expect(workspace).toMatchObject({
      ok: true,
      value: { groups: { small: { 'iops-total': 750 } }, devices: [{ id: 'vda', groups: ['small'] }] },
    })
    expect((await advise(url, ...asked, '--out-dir', folder)).exit).toBe(0)
    await writeFile(path.join(folder, 'small.weir.json'), '{}')
    expect(await advise(url, ...asked, '--out-dir', folder)).toMatchObject({
      exit: 2,
      err: expect.stringContaining('exists with other content'),
    })
  })
})
