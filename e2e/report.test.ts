import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Simulation } from '#main/simulate/simulation.ts'
import { withGoals } from '#shared/goals.ts'
import { CURVE_STEPS, CurveCollector } from '#shared/report/group-curves.ts'
import { reportHtml } from '#shared/report/report.ts'
import { type ReportRun, reportRunOf, USUAL_TOLERANCE } from '#shared/report/report-run.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { expectAccessible } from './axe.ts'
import { answerSaveDialog } from './native-dialogs.ts'
import { expect, test } from './weir-app.ts'

const DURATION_S = 60

function noisy(iops: number) {
  return {
    format: 'weir-workspace/1',
    name: 'noisy',
    groups: { gold: { 'iops-total': iops } },
    devices: ['db', 'etl'].map((id) => ({
      id,
      group: 'gold',
      disk: { kind: 'null', service: { kind: 'fixed', us: 500 } },
      workload: { kind: 'synthetic', iodepth: 8 },
    })),
    goals: [{ device: 'db', waitMs: 100 }],
  }
}

/** As `weir simulate --json` runs it. */
function simulated(iops: number): ReportRun {
  const parsed = parseWorkspace(noisy(iops))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const workspace = parsed.value
  const simulation = new Simulation({ workspace })
  const collector = new CurveCollector(DURATION_S / CURVE_STEPS)
  for (let step = 1; step <= CURVE_STEPS; step += 1) {
    simulation.advance(Math.round((DURATION_S * 1e9 * step) / CURVE_STEPS))
    collector.add(simulation.snapshot('running'))
  }
  return reportRunOf({ ...withGoals(simulation.result(), workspace), workspace, overTime: collector.curves() })
}

test('two predictions become the page that weir report writes, which opens without network and passes axe', async ({
  launch,
  folder,
}) => {
  const file = path.join(folder, 'noisy.weir.json')
  fs.writeFileSync(file, JSON.stringify(noisy(100)))
  const { app, page, board } = await launch({ files: [file] })
  await board.shown()
  await page.keyboard.press('Control+3')
  await page.getByRole('button', { name: 'Run prediction' }).click()
  await expect(board.slider('Moment')).toBeVisible()
  await page.getByRole('radio', { name: 'Result' }).click()
  const button = page.getByRole('button', { name: 'Report…' })
  await expect(button).toBeDisabled()
  await board.field('IOPS limit').fill('200')
  await board.field('IOPS limit').press('Enter')
  await page.getByRole('button', { name: 'Run prediction' }).click()
  await expect(button).toBeEnabled()

  const saved = path.join(folder, 'report.html')
  await answerSaveDialog(app, saved)
  await button.press('Enter')
  const title = page.getByRole('textbox', { name: 'Title of the report' })
  await expect(title).toHaveValue('gold: IOPS 100 → 200')
  await expectAccessible(page)
  await title.fill('Twice <the> limit')
  await title.press('Enter')
  await expect(page.getByText('Saved report.html.')).toBeVisible()
  const html = fs.readFileSync(saved, 'utf8')
  const version = await app.evaluate(({ app: weir }) => weir.getVersion())
  await page.getByRole('button', { name: 'Copy as JSON' }).click()
  const sumOfAfter = async () => {
    const copied = await app.evaluate(({ clipboard }) => clipboard.readText())
    return createHash('sha256').update(copied).digest('hex')
  }
  const [wasSum = '', isSum = ''] = Array.from(html.matchAll(/sha256 ([0-9a-f]{64})/g), (found) => found[1] ?? '')
  await expect.poll(sumOfAfter).toBe(isSum)
  expect(wasSum).not.toBe(isSum)
  const [before, after] = [
    { ...simulated(100), sha256: wasSum },
    { ...simulated(200), sha256: isSum },
  ]
  const writtenAt = /<time datetime="(.*?)">/.exec(html)?.[1] ?? ''
  const written = { version, tolerance: USUAL_TOLERANCE, writtenAt }
  expect(html).toBe(reportHtml({ title: 'Twice <the> limit', before, after, ...written }))

  const opened = app.waitForEvent('window')
  // An empty page, which the report fills: the app's session opens no files.
  await app.evaluate(async ({ BrowserWindow }) => {
    const window = new BrowserWindow({ width: 1000, height: 1200 })
    await window.loadURL('about:blank')
  })
  const sent = await opened
  const asked: string[] = []
  sent.on('request', (request) => asked.push(request.url()))
  await sent.setContent(html)
  await expect(sent.getByRole('heading', { name: 'Twice <the> limit' })).toBeVisible()
  await expect(sent.getByRole('img', { name: /gold: IOPS before and after/ })).toBeVisible()
  await expect(sent.getByRole('table').filter({ hasText: 'IOPS change' })).toContainText('nothing')
  await expectAccessible(sent)
  expect(asked).toEqual([])
})
