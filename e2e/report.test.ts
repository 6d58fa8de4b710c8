import { Simulation } from '#main/simulate/simulation.ts'
import { CurveCollector } from '#shared/report/group-curves.ts'
import { type ReportRun, reportHtml } from '#shared/report/report.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { expectAccessible } from './axe.ts'
import { expect, test } from './weir-app.ts'

function simulated(iops: number): ReportRun {
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    name: 'noisy',
    groups: { gold: { 'iops-total': iops } },
    devices: ['db', 'etl'].map((id) => ({
      id,
      group: 'gold',
      disk: { kind: 'null', service: { kind: 'fixed', us: 500 } },
      workload: { kind: 'synthetic', iodepth: 8 },
    })),
    goals: [{ device: 'db', waitMs: 50 }],
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const simulation = new Simulation({ workspace: parsed.value })
  const collector = new CurveCollector(0.5)
  for (let step = 1; step <= 40; step += 1) {
    simulation.advance(step * 5e8)
    collector.add(simulation.snapshot('running'))
  }
  return { result: simulation.result(), workspace: parsed.value, curves: collector.curves() }
}

test('a report is shown without network, and passes axe', async ({ launch }) => {
  const input = {
    title: 'Twice the limit',
    before: simulated(100),
    after: simulated(200),
    version: '1',
    tolerance: 0.02,
  }
  const { app } = await launch()
  const opened = app.waitForEvent('window')
  // An empty page, which the report fills: the app's session opens no files.
  await app.evaluate(async ({ BrowserWindow }) => {
    const window = new BrowserWindow({ width: 1000, height: 1200 })
    await window.loadURL('about:blank')
  })
  const page = await opened
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.setContent(reportHtml(input))
  await expect(page.getByRole('heading', { name: 'Twice the limit' })).toBeVisible()
  await expect(page.getByRole('img', { name: /gold: IOPS before and after/ })).toBeVisible()
  await expect(page.getByRole('table').last()).toContainText('nothing')
  await expectAccessible(page)
  expect(asked).toEqual([])
})
