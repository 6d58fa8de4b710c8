import fs from 'node:fs'
import path from 'node:path'
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

test('a report opens from a file without network, and passes axe', async ({ launch, folder }) => {
  const file = path.join(folder, 'report.html')
  const input = {
    title: 'Twice the limit',
    before: simulated(100),
    after: simulated(200),
    version: '1',
    tolerance: 0.02,
  }
  fs.writeFileSync(file, reportHtml(input))
  const { app } = await launch()
  const opened = app.waitForEvent('window')
  await app.evaluate(async ({ BrowserWindow }, place) => {
    // A session of its own: the app's opens no files.
    const window = new BrowserWindow({ width: 1000, height: 1200, webPreferences: { partition: 'report' } })
    window.webContents.session.enableNetworkEmulation({ offline: true })
    await window.loadFile(place)
  }, file)
  const page = await opened
  await expect(page.getByRole('heading', { name: 'Twice the limit' })).toBeVisible()
  await expect(page.getByRole('img', { name: /gold: IOPS before and after/ })).toBeVisible()
  await expect(page.getByRole('table').last()).toContainText('nothing')
  await expectAccessible(page)
  await page.screenshot({ path: path.join(folder, 'report.png') })
})
