import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { grafanaDashboard } from './dashboard.ts'
import { FAMILIES } from './families.ts'
import { ALERT_RULES, rulesFile } from './rules.ts'
import { hasProgram } from './testing/programs.ts'

const DOCS = 'https://example.org/fleet.md'
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function promtool(args: readonly string[], files: Readonly<Record<string, string>>) {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder.path, name), text)
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder.path, encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}

const VM = '{domain="web01",instance="kvm-07"}'
const DISK = '{domain="web01",target_device="vda",instance="kvm-07"}'
const BUCKET = '{domain="web01",group="gold",limit="iops-total",instance="kvm-07"}'

/** An hour, a sample a minute: from minute 10 to minute 40 everything is wrong. */
const HOUR: readonly { readonly series: string; readonly values: string }[] = [
  { series: `weir_disk_throttled_seconds_total${DISK}`, values: '0x10 54+54x29 1620x20' },
  { series: `weir_bucket_use_ratio${BUCKET}`, values: '0.2x9 0.97x30 0.2x20' },
  { series: `weir_bucket_headroom_seconds${BUCKET}`, values: '_x9 200x30 _x20' },
  { series: `weir_bucket_level_ratio${BUCKET}`, values: '0x9 0.8x30 0x20' },
  {
    series: 'weir_group_limit{domain="web01",group="gold",limit="iops-total-max",instance="kvm-07"}',
    values: '1000x60',
  },
  { series: `weir_vm_drift${VM}`, values: '0x9 2x30 0x20' },
  { series: `weir_vm_up${VM}`, values: '1x9 0x30 1x20' },
]

const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  WeirThrottled: { target_device: 'vda' },
  WeirNearLimit: { group: 'gold', limit: 'iops-total' },
  WeirBurstSpentSoon: { group: 'gold', limit: 'iops-total' },
}

const absent = hasProgram('promtool') ? '' : 'skipped: promtool is not installed'
describe.skipIf(absent !== '')(`promtool ${absent}`, () => {
  test('takes the rules', async () => {
    const { status, said } = await promtool(['check', 'rules', 'weir.yml'], { 'weir.yml': rulesFile(DOCS) })
    expect([status, said]).toEqual([0, expect.stringContaining(`SUCCESS: ${ALERT_RULES.length} rules found`)])
  })

  test('sees each alert fire and clear in a replayed hour', async () => {
    // promtool's own alert tests want every word of an alert; which alert fires for whom is in ALERTS, too.
    const promql = ALERT_RULES.flatMap(({ alert }) => {
      const labels = Object.entries({ domain: 'web01', ...LABELS[alert] }).map(([name, value]) => `${name}="${value}"`)
      const expr = `count(ALERTS{alertname="${alert}", alertstate="firing", ${labels.join(', ')}}) or vector(0)`
      const at = (eval_time: string, value: number) => ({ expr, eval_time, exp_samples: [{ value, labels: '{}' }] })
      return [at('9m', 0), at('35m', 1), at('55m', 0)]
    })
    const file = {
      rule_files: ['weir.yml'],
      evaluation_interval: '1m',
      tests: [{ interval: '1m', input_series: HOUR, promql_expr_test: promql }],
    }
    const files = { 'weir.yml': rulesFile(DOCS), 'test.yml': stringify(file) }
    expect(await promtool(['test', 'rules', 'test.yml'], files)).toMatchObject({ status: 0 })
  })

  test('says so where an alert would not fire', async () => {
    const file = {
      rule_files: ['weir.yml'],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: [{ series: `weir_vm_up${VM}`, values: '1x60' }],
          promql_expr_test: [
            {
              expr: 'count(ALERTS{alertname="WeirVmGone"})',
              eval_time: '35m',
              exp_samples: [{ value: 1, labels: '{}' }],
            },
          ],
        },
      ],
    }
    const files = { 'weir.yml': rulesFile(DOCS), 'test.yml': stringify(file) }
    expect((await promtool(['test', 'rules', 'test.yml'], files)).status).not.toBe(0)
  })
})

/** Names of metrics in expressions. */
const named = (text: string) => [...text.matchAll(/\bweir_\w+/g)].map(([name]) => name)
const known = new Set([...Object.keys(FAMILIES), 'weir_build_info', 'weir_host_vms', 'weir_host_problems'])

test('rules and dashboard use metrics that the exporter has', () => {
  const used = [...ALERT_RULES.map(({ expr }) => expr), JSON.stringify(grafanaDashboard().panels)].flatMap(named)
  expect(used.length).toBeGreaterThan(20)
  expect(used.filter((name) => !known.has(name))).toEqual([])
})

test('the dashboard has a host view and a VM view that overlap nowhere', () => {
  const { panels = [], templating } = grafanaDashboard()
  expect(panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual(['Host', 'VM: $domain'])
  expect(templating?.list?.map(({ name }) => name)).toEqual(['datasource', 'instance', 'domain'])
  const cells = panels.flatMap(({ gridPos }) =>
    gridPos === undefined
      ? []
      : Array.from(
          { length: gridPos.w * gridPos.h },
          (_, at) => `${gridPos.x + (at % gridPos.w)},${gridPos.y + Math.floor(at / gridPos.w)}`,
        ),
  )
  expect(new Set(cells).size).toBe(cells.length)
})
