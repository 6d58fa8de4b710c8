import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { WEIR_BOUNDARIES } from '#main/live/latency/boundaries.ts'
import type { HostLook, VmLook } from '#shared/host-look.ts'
import { expose, formatFor } from './exposition.ts'
import { FAMILIES, hostFamilies } from './families.ts'
import { hasProgram } from './testing/programs.ts'

const FLOW = { iops: 10, bps: 40960, latencyMeanNs: 1e6, waitMeanNs: null, failed: 0 }
const WEB01: VmLook = {
  id: 'unix:/run/qemu/web01',
  name: 'web01',
  title: null,
  state: 'running',
  up: true,
  problem: null,
  seenNs: 2e9,
  looks: { answered: 3, failed: 1, spentNs: 12e6 },
  iops: 20,
  bps: 81920,
  disks: [
    {
      id: 'vda',
      sizeBytes: 2 ** 30,
      groups: ['gold', 'vm'],
      counted: true,
      read: { ...FLOW, requests: 100, bytes: 409600, totalTimeNs: 2e9, waitNs: 1.5e9 },
      write: { ...FLOW, requests: 7, bytes: 28672, totalTimeNs: 1e9, waitNs: null },
      inFlight: 0.5,
      throttledShare: 0.25,
      throttledNs: 3e9,
    },
  ],
  groups: [
    {
      name: 'gold',
      limits: { 'iops-total': 500, 'iops-total-max': 1000, 'iops-total-max-length': 10 },
      disks: ['vda'],
      buckets: [
        {
          bucket: 'iops-total',
          avg: 500,
          rate: 750,
          share: 1.5,
          level: { likely: 5000, low: 4000, high: 6000, size: 10_000, headroomNs: 20e9 },
          atLimit: false,
          atLimitNs: 4e9,
        },
      ],
      throttledShare: null,
      throttledNs: null,
      resets: 1,
    },
    { name: 'vm', limits: null, disks: ['vda'], buckets: [], throttledShare: null, throttledNs: null, resets: 0 },
  ],
  drift: null,
}
/** Five requests between 7.9 and 10 ms, two longer than 10 s. */
const COUNTS = [...WEIR_BOUNDARIES.map((boundaryNs) => (boundaryNs === 10_000_000 ? 5 : 0)), 2]
const TOTALS = { boundariesNs: WEIR_BOUNDARIES, counts: COUNTS, totalTimeNs: 25.5e9 }
const [VDA] = WEB01.disks
const WITH_HISTOGRAM: VmLook = {
  ...WEB01,
  disks: VDA?.read == null ? [] : [{ ...VDA, histograms: 'weir', read: { ...VDA.read, latencyTotals: TOTALS } }],
}
const DOWN: VmLook = {
  ...WEB01,
  name: 'evil"\n\\{}',
  state: 'silent',
  up: false,
  disks: [],
  groups: [],
  iops: null,
  bps: null,
}

const host = (...vms: readonly VmLook[]): HostLook => ({ host: '/run/qemu', nowNs: 0, wallMs: 0, vms, problems: [] })
const text = (look: HostLook) => expose(hostFamilies(look, '1.2.3'), 'text')
const samplesOf = async (look: HostLook) =>
  (await text(look))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort()

test('every known figure of a VM, with the labels of the libvirt exporters', async () => {
  expect(await samplesOf(host(WEB01))).toMatchInlineSnapshot(`
    [
      "weir_bucket_at_limit_seconds_total{domain="web01",group="gold",limit="iops-total"} 4",
      "weir_bucket_headroom_seconds{domain="web01",group="gold",limit="iops-total"} 20",
      "weir_bucket_level_high_ratio{domain="web01",group="gold",limit="iops-total"} 0.6",
      "weir_bucket_level_low_ratio{domain="web01",group="gold",limit="iops-total"} 0.4",
      "weir_bucket_level_ratio{domain="web01",group="gold",limit="iops-total"} 0.5",
      "weir_bucket_use_ratio{domain="web01",group="gold",limit="iops-total"} 1.5",
      "weir_build_info{version="1.2.3"} 1",
      "weir_disk_bytes_total{domain="web01",target_device="vda",direction="read"} 409600",
      "weir_disk_bytes_total{domain="web01",target_device="vda",direction="write"} 28672",
      "weir_disk_failed_requests_total{domain="web01",target_device="vda",direction="read"} 0",
      "weir_disk_failed_requests_total{domain="web01",target_device="vda",direction="write"} 0",
      "weir_disk_in_flight{domain="web01",target_device="vda"} 0.5",
      "weir_disk_request_seconds_total{domain="web01",target_device="vda",direction="read"} 2",
      "weir_disk_request_seconds_total{domain="web01",target_device="vda",direction="write"} 1",
      "weir_disk_requests_total{domain="web01",target_device="vda",direction="read"} 100",
      "weir_disk_requests_total{domain="web01",target_device="vda",direction="write"} 7",
      "weir_disk_size_bytes{domain="web01",target_device="vda"} 1073741824",
      "weir_disk_throttle_group{domain="web01",target_device="vda",group="gold",level="0"} 1",
      "weir_disk_throttle_group{domain="web01",target_device="vda",group="vm",level="1"} 1",
      "weir_disk_throttled_seconds_total{domain="web01",target_device="vda"} 3",
      "weir_disk_wait_seconds_total{domain="web01",target_device="vda",direction="read"} 1.5",
      "weir_group_limit{domain="web01",group="gold",limit="iops-total"} 500",
      "weir_group_limit{domain="web01",group="gold",limit="iops-total-max"} 1000",
      "weir_group_limit{domain="web01",group="gold",limit="iops-total-max-length"} 10",
      "weir_group_resets_total{domain="web01",group="gold"} 1",
      "weir_group_resets_total{domain="web01",group="vm"} 0",
      "weir_host_problems 0",
      "weir_host_vms 1",
      "weir_vm_look_seconds_total{domain="web01"} 0.012",
      "weir_vm_looks_total{domain="web01",result="answered"} 3",
      "weir_vm_looks_total{domain="web01",result="failed"} 1",
      "weir_vm_state{domain="web01",state="running"} 1",
      "weir_vm_up{domain="web01"} 1",
    ]
  `)
})

test('what is not known is absent, never 0', async () => {
  const down = (await samplesOf(host(DOWN))).filter((line) => line.includes('domain='))
  expect(down.map((line) => line.split('{')[0])).toEqual([
    'weir_vm_look_seconds_total',
    'weir_vm_looks_total',
    'weir_vm_looks_total',
    'weir_vm_state',
    'weir_vm_up',
  ])
})

test('a histogram has each request in every bucket at or above its time; with boundaries of another tool none is given', async () => {
  const of = async (histograms: 'weir' | 'other', format: 'text' | 'openmetrics' = 'text') => {
    const disks = WITH_HISTOGRAM.disks.map((disk) => ({ ...disk, histograms }))
    const metrics = await expose(hostFamilies(host({ ...WEB01, disks }), '1'), format)
    return metrics.split('\n').filter((line) => line.includes('latency_seconds'))
  }
  const [help, type, ...samples] = await of('weir')
  expect([help, type]).toEqual([expect.stringMatching(/^# HELP/), '# TYPE weir_disk_latency_seconds histogram'])
  expect(samples).toHaveLength(34)
  const labels = 'domain="web01",target_device="vda",direction="read"'
  expect(samples.filter((line) => /le="(0.00001|0.0063095|0.01|10|\+Inf)"|_sum|_count/.test(line))).toEqual([
    `weir_disk_latency_seconds_bucket{le="0.00001",${labels}} 0`,
    `weir_disk_latency_seconds_bucket{le="0.01",${labels}} 5`,
    `weir_disk_latency_seconds_bucket{le="10",${labels}} 5`,
    `weir_disk_latency_seconds_bucket{le="+Inf",${labels}} 7`,
    `weir_disk_latency_seconds_sum{${labels}} 25.5`,
    `weir_disk_latency_seconds_count{${labels}} 7`,
  ])
  expect(await of('weir', 'openmetrics')).toEqual([help, type, ...samples])
  expect(await of('other')).toEqual([])
})

test('OpenMetrics for who asks for it, the text format else', async () => {
  expect(formatFor('application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3')).toBe('openmetrics')
  expect(formatFor(undefined)).toBe('text')
  const metrics = await expose(hostFamilies(host(WEB01), '1'), 'openmetrics')
  expect(metrics).toContain('# TYPE weir_disk_requests counter\n')
  expect(metrics.match(/# EOF/g)).toHaveLength(1)
  expect(metrics.endsWith('\n# EOF\n')).toBe(true)
})

test('a foreign name stays inside its label', async () => {
  expect(await samplesOf(host(DOWN))).toContain('weir_vm_up{domain="evil\\"\\n\\\\{}"} 0')
})

test('docs/fleet.md lists every family', () => {
  const docs = readFileSync(new URL('../../docs/fleet.md', import.meta.url), 'utf8')
  const listed = [...docs.matchAll(/^\| `(weir_\w+)`/gm)].map(([, name]) => name)
  const own = ['weir_build_info', 'weir_host_vms', 'weir_host_problems']
  expect(listed).toEqual([...own, ...Object.keys(FAMILIES)])
})

const absent = hasProgram('promtool') ? '' : 'skipped: promtool is not installed'
test.skipIf(absent !== '')(`promtool finds nothing to complain of ${absent}`, async () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await text(host(WITH_HISTOGRAM, DOWN)),
  })
  expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' })
})
