import fs from 'node:fs'
import path from 'node:path'
import type { RunResult } from '#shared/result.ts'
import { expectAccessible } from './axe.ts'
import { clipboardText } from './native-dialogs.ts'
import { expect, type RunningWeir, test } from './weir-app.ts'

/** Null disks with 1 ms of service and one limit each, so that they are simulated apart: every figure can be worked by hand. */
const WORKSPACE = {
  format: 'weir-workspace/1',
  name: 'By hand',
  iothreads: 2,
  groups: { gold: { 'iops-total': 100 }, silver: { 'iops-total': 50 } },
  devices: [device('db', 'gold'), device('log', 'silver')],
}

function device(id: string, group: string): object {
  const disk = { kind: 'null', service: { kind: 'fixed', us: 1000 } }
  return { id, group, disk, workload: { kind: 'synthetic', iodepth: 4 } }
}

async function openPredict(
  launch: (options: { files: string[] }) => Promise<RunningWeir>,
  folder: string,
): Promise<RunningWeir> {
  const file = path.join(folder, 'by-hand.weir.json')
  fs.writeFileSync(file, JSON.stringify(WORKSPACE))
  const weir = await launch({ files: [file] })
  await weir.board.shown()
  await weir.page.keyboard.press('Control+3')
  await expect(weir.page.getByRole('region', { name: 'Prediction' })).toBeVisible()
  return weir
}

async function setDuration({ page }: RunningWeir, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Duration' }).fill(text)
  await page.getByRole('textbox', { name: 'Duration' }).press('Enter')
}

async function copiedResult({ app, page }: RunningWeir): Promise<RunResult> {
  await app.evaluate(({ clipboard }) => clipboard.clear())
  await page.getByRole('button', { name: 'Copy as JSON' }).click()
  await expect.poll(() => clipboardText(app)).toContain('weir-result/1')
  return JSON.parse(await clipboardText(app)) as RunResult
}

test('an hour is predicted, scrubbed through, and told in figures', async ({ launch, folder }) => {
  const weir = await openPredict(launch, folder)
  const { page, board } = weir
  await setDuration(weir, '1h')
  await page.keyboard.press('Control+Enter')
  const moment = board.slider('Moment')
  await expect(moment).toHaveAttribute('aria-valuetext', '1 h of 1 h')
  await expect.poll(() => board.metric(board.lane('gold'), 'iops')).toBeCloseTo(100, 0)
  await moment.press('Home')
  await expect(moment).toHaveAttribute('aria-valuetext', /^6 s of 1 h$/)
  await page.getByRole('radio', { name: 'Result' }).click()
  await expect(page.getByRole('table', { name: 'Devices' })).toContainText('100')
  await expectAccessible(page)
  const result = await copiedResult(weir)
  const { db } = result.devices
  const requests = db!.read.requests + db!.write.requests
  // avg · t, the pool of avg / 10, and the request that is let in on top.
  expect(requests).toBeGreaterThanOrEqual(360_000)
  expect(requests).toBeLessThanOrEqual(360_012)
})

test('limits before and after stand side by side', async ({ launch, folder }) => {
  const weir = await openPredict(launch, folder)
  const { page, board } = weir
  await board.card('db').click()
  const goal = page.getByRole('textbox', { name: 'New goal' })
  await goal.fill('p98 ≤ 40 ms')
  await goal.press('Enter')
  await expect(page.getByText('percentile: 98 is not valid')).toBeVisible()
  await goal.fill('p99 ≤ 40 ms')
  await goal.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Goal 1' })).toHaveValue('p99 ≤ 40 ms')
  const row = board.card('db').locator('[data-goal]')
  await expect(row).toHaveText(/wait p99 ≤ 40 ms\s*not known/)
  await page.getByRole('button', { name: 'Run prediction' }).click()
  await expect(board.slider('Moment')).toBeVisible()
  // Four at a time, reads and writes, 100 a second.
  await expect(row).toHaveText(/missed, 5\d(\.\d)? ms/)
  await expect(row).toHaveAttribute('title', /over the whole run/)
  await board.field('IOPS limit').fill('200')
  await board.field('IOPS limit').press('Enter')
  await expect(page.getByText('Changed since: run again to compare.')).toBeVisible()
  await page.getByRole('button', { name: 'Run prediction' }).click()
  await page.getByRole('radio', { name: 'Result' }).click()
  const view = page.getByRole('region', { name: 'Prediction result' })
  await expect(view).toContainText('gold: IOPS 100 → 200')
  await expect(view.getByRole('table', { name: 'Groups' })).toContainText('+100')
  await expect(view.getByRole('table', { name: 'Devices' })).toContainText(/−5\d/)
  await expect(view).toContainText('The goal is met. db gains.')
  await expect(view.getByRole('row', { name: /db: wait p99 ≤ 40 ms met/ })).toBeVisible()
  await expect(view.getByRole('row', { name: /^db gold .* nothing$/ })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('combobox', { name: 'Compared with' }).click()
  await page.getByRole('option', { name: 'nothing' }).click()
  await expect(view).not.toContainText('100 → 200')
})

test('a long run is cancelled and gives what there is', async ({ launch, folder }) => {
  const weir = await openPredict(launch, folder)
  const { page, board } = weir
  await setDuration(weir, '30 days')
  await page.getByRole('button', { name: 'Run prediction' }).click()
  await expect(page.getByRole('progressbar', { name: 'Prediction under way' })).toBeVisible()
  await expect.poll(() => board.metric(board.lane('gold'), 'iops'), { timeout: 30_000 }).toBeCloseTo(100, 0)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('Cancelled; these are the figures so far.')).toBeVisible()
  await page.getByRole('radio', { name: 'Result' }).click()
  const result = await copiedResult(weir)
  expect(result.durationS).toBeGreaterThan(0)
  expect(result.durationS).toBeLessThan(30 * 86_400)
})

test('the same seed gives the same answer, byte for byte', async ({ launch, folder }) => {
  const weir = await openPredict(launch, folder)
  const { page, board } = weir
  const texts: string[] = []
  for (let run = 0; run < 2; run += 1) {
    if (run > 0) await page.getByRole('radio', { name: 'Board' }).click()
    await page.getByRole('button', { name: 'Run prediction' }).click()
    await expect(board.slider('Moment')).toBeVisible()
    await page.getByRole('radio', { name: 'Result' }).click()
    texts.push(JSON.stringify(await copiedResult(weir)))
  }
  expect(texts[1]).toBe(texts[0])
})

test('the lab goes on where it was, and the prediction is still there afterwards', async ({ launch, folder }) => {
  const { page, board } = await openPredict(launch, folder)
  await page.getByRole('button', { name: 'Run prediction' }).click()
  await expect(board.slider('Moment')).toBeVisible()
  await page.keyboard.press('Control+1')
  await expect(board.button('Start')).toBeVisible()
  await page.keyboard.press('Control+3')
  await expect(board.slider('Moment')).toBeVisible()
  // Over a second one request more or less is in it, and no more.
  await expect.poll(async () => Math.abs((await board.metric(board.lane('gold'), 'iops')) - 100)).toBeLessThanOrEqual(1)
})

test('what the lab measured and told is there again after a look at a prediction', async ({ launch, folder }) => {
  const file = path.join(folder, 'by-hand.weir.json')
  fs.writeFileSync(file, JSON.stringify(WORKSPACE))
  const { page, board } = await launch({ files: [file], run: true })
  await board.shown()
  await board.snapshots(5)
  await board.field('IOPS limit').fill('250')
  await board.field('IOPS limit').press('Enter')
  await board.dockTab('Events').click()
  const events = page.getByRole('list', { name: 'Events' })
  await expect(events).toContainText(/100.*250/)
  await page.keyboard.press('Control+3')
  await expect(events.getByText(/100.*250/)).toBeHidden()
  await page.keyboard.press('Control+1')
  await expect(events).toContainText(/100.*250/)
  await board.dockTab('Timeline').click()
  // Rest and start again lie right behind the change: they share its words.
  const words = page.getByRole('region', { name: 'IOPS of gold' }).getByText(/^\d changes, last started$/)
  await expect(words).toHaveAttribute('title', /started\n.*paused\n.*100.*250/)
  await words.hover()
})
