import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { createServer } from 'node:net'
import path from 'node:path'
import { hashSync } from 'bcryptjs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { hasProgram } from '#main/exporter/testing/programs.ts'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { missingQemu, RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { runCli } from './run-cli.ts'

// The first to call a command loads it.
vi.setConfig({ testTimeout: 30_000 })

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Folder of sockets `s` inside a folder of its own. */
async function folder(): Promise<string> {
  const made = await makeTempFolder()
  cleanups.push(made.remove)
  await mkdir(path.join(made.path, 's'))
  return made.path
}

/** Runs `weir exporter …` until `end` or the test's; what it said first, or that it ended. */
async function exporter(...argv: readonly string[]): Promise<{
  readonly out: string
  readonly exit: number | null
  readonly err: string
  readonly end: () => Promise<string>
}> {
  const controller = new AbortController()
  const said = { err: '' }
  const plain = (text: string) => text
  let ran: Promise<number> | undefined
  const first = await new Promise<{ readonly out: string; readonly exit: number | null }>((resolve) => {
    const terminal = {
      print: (out: string) => resolve({ out, exit: null }),
      complain: (text: string) => {
        said.err += `${text}\n`
      },
      write: (out: string) => resolve({ out, exit: null }),
      redraws: false,
      columns: () => 80,
      paint: { dim: plain, bold: plain, good: plain, bad: plain, warn: plain },
    }
    ran = runCli(['exporter', ...argv], { terminal, signal: controller.signal })
    void ran.then((exit) => resolve({ out: '', exit }))
  })
  const end = async () => {
    controller.abort()
    await ran
    return said.err
  }
  cleanups.push(end)
  return { ...first, ...said, end }
}

const urlOf = (out: string) => out.replace('metrics at ', '')

test('rules, and a dashboard as JSON', async () => {
  expect((await exporter('--rules')).out).toContain('alert: WeirThrottled')
  expect(JSON.parse((await exporter('--dashboard')).out)).toMatchObject({ uid: 'weir-throttling' })
})

test('over HTTP on this machine: the metrics, a page that leads to them, nothing else', async () => {
  const { out } = await exporter('--qmp-dir', path.join(await folder(), 's'), '--listen', '127.0.0.1:0')
  const metrics = await fetch(urlOf(out))
  expect([metrics.status, metrics.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  expect(await metrics.text()).toContain('weir_host_vms 0\n')
  expect((await fetch(new URL('/', urlOf(out)))).status).toBe(200)
  expect((await fetch(new URL('/../etc/passwd', urlOf(out)))).status).toBe(404)
  expect((await fetch(urlOf(out), { method: 'POST' })).status).toBe(405)
})

test('a folder that is not there yet is told, and waited for', async () => {
  const { err, out } = await exporter('--qmp-dir', path.join(await folder(), 'later'), '--listen', '127.0.0.1:0')
  expect(err).toMatch(/The folder .*later does not exist/)
  expect(await (await fetch(urlOf(out))).text()).toContain('weir_host_problems 1\n')
})

test('beyond this machine it does not listen without TLS and users', async () => {
  const root = await folder()
  const users = path.join(root, 'users.yml')
  await writeFile(users, `basic_auth_users:\n  prom: ${hashSync('secret', 4)}\n`)
  for (const argv of [[], ['--web-config', users]]) {
    const { exit, err } = await exporter('--qmp-dir', root, '--listen', ':0', ...argv)
    expect([exit, err]).toEqual([2, expect.stringContaining('beyond 127.0.0.1 Weir listens only with TLS')])
  }
})

test.each([
  ['--listen', 'example.org:1', 'is not an address to listen at'],
  ['--listen', '127.0.0.1:99999', 'is not an address to listen at'],
  ['--web-config', '/nowhere/web.yml', '/nowhere/web.yml cannot be read (ENOENT)'],
])('%s %s is refused', async (option, value, message) => {
  const { exit, err } = await exporter('--qmp-dir', '/tmp', option, value)
  expect([exit, err]).toEqual([2, expect.stringContaining(message)])
})

test('a web configuration with keys that Weir does not act on, or plain passwords, is refused', async () => {
  const file = path.join(await folder(), 'web.yml')
  await writeFile(file, 'http_server_config: { http2: true }\nbasic_auth_users: { prom: secret }\n')
  const { exit, err } = await exporter('--qmp-dir', '/tmp', '--web-config', file)
  expect(exit).toBe(2)
  expect(err).toContain('Unrecognized key: "http_server_config"')
  expect(err).toContain('basic_auth_users.prom: this is not a bcrypt hash')
})

const noOpenssl = hasProgram('openssl') ? '' : 'skipped: openssl is not installed'
test.skipIf(noOpenssl !== '')(`TLS and basic auth: only who knows the password gets in ${noOpenssl}`, async () => {
  const root = await folder()
  const at = (name: string) => path.join(root, name)
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-keyout',
    at('key.pem'),
    '-out',
    at('cert.pem'),
  ]
  execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' })
  const users = `basic_auth_users: { prom: ${hashSync('secret', 4)} }`
  await writeFile(at('web.yml'), `tls_server_config: { cert_file: cert.pem, key_file: key.pem }\n${users}\n`)
  const { out } = await exporter('--qmp-dir', at('s'), '--listen', '0.0.0.0:0', '--web-config', at('web.yml'))
  const status = (auth?: string) =>
    new Promise((resolve, reject) => {
      const about = { rejectUnauthorized: false, ...(auth === undefined ? {} : { auth }) }
      get(urlOf(out), about, (response) => resolve(response.resume().statusCode)).on('error', reject)
    })
  expect(await status()).toBe(401)
  expect(await status('prom:wrong')).toBe(401)
  expect(await status('other:secret')).toBe(401)
  expect(await status('prom:secret')).toBe(200)
  expect(await status('prom:secret')).toBe(200)
  expect(await status('prom:wrong')).toBe(401)
})

const absent = [hasProgram('prometheus') ? null : 'skipped: prometheus is not installed', missingQemu()].find(
  (why) => why !== null,
)
describe.skipIf(absent !== undefined)(`a real Prometheus and twenty real QEMUs ${absent ?? ''}`, () => {
  const COUNT = 20

  async function freePort(): Promise<number> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number } // a TCP server that listens
    await new Promise((resolve) => server.close(resolve))
    return port
  }

  async function prometheus(
    root: string,
    target: string,
  ): Promise<(query: string) => Promise<readonly { metric: Record<string, string>; value: number }[]>> {
    const config = path.join(root, 'prometheus.yml')
    const job = `- job_name: weir\n  scrape_interval: 1s\n  static_configs: [{ targets: ['${new URL(target).host}'] }]`
    await writeFile(config, `scrape_configs:\n${job}\n`)
    const port = await freePort()
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(root, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    const child: ChildProcess = spawn('prometheus', args, { stdio: 'ignore' })
    cleanups.push(async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    })
    return async (query) => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`
      const answer = await fetch(url).catch(() => null) // it is not up at once
      if (answer === null || !answer.ok) return []
      const { data } = (await answer.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] }
      }
      return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
    }
  }

  test('what Prometheus has equals what query-blockstats says', { timeout: 120_000 }, async () => {
    const root = await folder()
    const names = Array.from({ length: COUNT }, (_, at) => `vm${String(at).padStart(2, '0')}`)
    const limits = 'throttling.iops-total=5000,throttling.bps-write=100000000'
    const vms = new Map<string, SmallQemu>()
    for (const name of names) {
      const drives = [`id=vda,throttling.group=${name},${limits}`, 'id=vdb']
      const qemu = await SmallQemu.start({ name, socket: path.join(root, 's', `${name}.qmp`), drives })
      cleanups.push(() => qemu.kill())
      vms.set(name, qemu)
    }
    const policy = path.join(root, 'policy.json')
    const rules = [{ vms: 'vm1*', disks: 'vda', limits: { 'iops-total': 4000, 'bps-write': 100_000_000 } }]
    await writeFile(policy, JSON.stringify({ format: 'weir-policy/1', rules }))
    const where = ['--qmp-dir', path.join(root, 's'), '--policy', policy]
    const { out } = await exporter(...where, '--listen', '127.0.0.1:0')
    const ask = await prometheus(root, urlOf(out))
    await expect
      .poll(async () => (await ask('sum(weir_vm_up)'))[0]?.value, { timeout: 30_000, interval: 300 })
      .toBe(COUNT)
    for (const [index, qemu] of [...vms.values()].entries()) {
      await qemu.io('vda', 'read', { count: 20 + index, bytes: 4096 })
      await qemu.io('vda', 'write', { count: 10, bytes: 65_536 })
      await qemu.io('vdb', 'write', { count: index, bytes: 8192 })
    }
    const expected: Record<string, readonly number[]> = {}
    for (const [name, qemu] of vms) {
      const rows = (await qemu.outside('query-blockstats')) as { device: string; stats: Record<string, number> }[]
      for (const { device, stats } of rows) {
        expected[`${name} ${device} read`] = [stats.rd_operations ?? -1, stats.rd_bytes ?? -1]
        expected[`${name} ${device} write`] = [stats.wr_operations ?? -1, stats.wr_bytes ?? -1]
      }
    }
    expect(expected['vm07 vda read']).toEqual([27, 27 * 4096])
    const seen = async () => {
      const [requests, bytes] = [await ask('weir_disk_requests_total'), await ask('weir_disk_bytes_total')]
      const key = ({ metric }: { metric: Record<string, string> }) =>
        `${metric.domain} ${metric.target_device} ${metric.direction}`
      const sizes = new Map(bytes.map((row) => [key(row), row.value]))
      return Object.fromEntries(requests.map((row) => [key(row), [row.value, sizes.get(key(row))]]))
    }
    await expect.poll(seen, { timeout: 20_000, interval: 500 }).toEqual(expected)
    expect(await ask('count(weir_group_limit{limit="iops-total"} == 5000)')).toMatchObject([{ value: COUNT }])
    expect((await ask('weir_vm_drift')).map(({ metric, value }) => [metric.domain, value])).toEqual(
      names.filter((name) => name.startsWith('vm1')).map((name) => [name, 1]),
    )
    expect(await ask('scrape_samples_scraped')).toMatchObject([{ value: expect.any(Number) }])
  })
})

const noQemu = missingQemu()
test.skipIf(noQemu !== null)(
  `latency of a real QEMU as a histogram, which it has no longer than the exporter ${noQemu ?? ''}`,
  async () => {
    const root = await folder()
    const drive = (id: string) => ['-drive', `if=none,id=${id},driver=null-co,read-zeroes=on`]
    const disks = ['vda', 'vdb'].flatMap((id) => [...drive(id), '-device', `scsi-hd,drive=${id},id=q-${id}`])
    const qemu = await RealQemu.start([...['-name', 'web01'], ...disks, ...drive('spare')])
    cleanups.push(() => qemu.close())
    const boundaries = async () => {
      const rows = (await qemu.outside('query-blockstats')) as {
        stats: { rd_latency_histogram?: { boundaries: readonly number[] } }
      }[]
      return rows.map(({ stats }) => stats.rd_latency_histogram?.boundaries.length ?? null)
    }
    await qemu.outside('block-latency-histogram-set', { id: 'q-vdb', boundaries: [5] })
    if (qemu.address.kind === 'unix') await symlink(qemu.address.path, path.join(root, 's', 'web01.qmp'))
    const { out, end } = await exporter('--qmp-dir', path.join(root, 's'), '--listen', '127.0.0.1:0', '--percentiles')
    const counts = async () => {
      const text = await (await fetch(urlOf(out))).text()
      return text.split('\n').filter((line) => /^weir_disk_latency_seconds(_count|_bucket.le="10")/.test(line))
    }
    const poll = { timeout: 20_000, interval: 200 }
    await expect.poll(counts, poll).toHaveLength(4)
    await qemu.io('vda', 'read', { count: 3 })
    await qemu.io('vdb', 'read', { count: 3 })
    const flow = (direction: string) => `domain="web01",target_device="vda",direction="${direction}"`
    await expect
      .poll(counts, poll)
      .toEqual([
        `weir_disk_latency_seconds_bucket{le="10",${flow('read')}} 3`,
        `weir_disk_latency_seconds_count{${flow('read')}} 3`,
        `weir_disk_latency_seconds_bucket{le="10",${flow('write')}} 0`,
        `weir_disk_latency_seconds_count{${flow('write')}} 0`,
      ])
    expect(await boundaries()).toEqual([61, 1, null])
    expect(await end()).toMatch(/^web01: spare has no percentiles: it is plugged into no device.*\n$/)
    expect(await boundaries()).toEqual([null, 1, null])
  },
)
