import fs from 'node:fs'
import path from 'node:path'
import type { Locator } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { answerSaveDialog, clipboardText } from './native-dialogs.ts'
import { expect, test } from './weir-app.ts'

// The dock: timeline, QMP tape, events.

/** Two groups and nothing that runs free: the processor stays with the window. */
function writeWorkspace(folder: string): string {
  const file = path.join(folder, 'dock.weir.json')
  const device = (id: string, group: string, readPercent: number) => ({
    id,
    group,
    disk: { kind: 'null', sizeBytes: 1 << 30 },
    workload: { kind: 'synthetic', pattern: 'random', readPercent, blockBytes: 4096, iodepth: 8 },
  })
  const workspace = {
    format: 'weir-workspace/1',
    groups: {
      gold: { 'iops-total': 1000, 'iops-total-max': 2000, 'iops-total-max-length': 3 },
      bulk: { 'bps-total': 2_097_152 },
    },
    devices: [device('db', 'gold', 70), device('batch-etl', 'gold', 0), device('backup', 'bulk', 100)],
  }
  fs.writeFileSync(file, JSON.stringify(workspace))
  return file
}

async function lineCount(plot: Locator): Promise<number> {
  return Number(await plot.locator('canvas').getAttribute('data-lines'))
}

function isPainted(plot: Locator): Promise<boolean> {
  return plot.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    return pixels.some((value) => value !== 0)
  })
}

test('the timeline draws what runs, tells a moment under the pointer and under the keyboard’s cursor', async ({
  launch,
  folder,
}) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await board.snapshots(30)
  const plot = page.getByRole('region', { name: 'IOPS of gold' })
  await expect.poll(() => lineCount(plot)).toBeGreaterThanOrEqual(4)
  await expect.poll(() => isPainted(plot)).toBe(true)
  const figures = page.getByRole('list', { name: 'Figures over the span' })
  await expect(figures).toContainText(/read min .* avg .* p95 .* max/)
  await expect(figures).toContainText(/limit 1\s000/)
  const cursor = page.getByRole('slider', { name: 'IOPS of gold, moment' })
  const box = await cursor.boundingBox()
  if (!box) throw new Error('the plot is on the screen')
  await page.mouse.move(box.x + box.width - 20, box.y + box.height / 2)
  await expect(plot.getByText('bucket level')).toBeVisible()
  await page.mouse.move(10, 10)
  await cursor.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(cursor).toHaveAttribute('aria-valuetext', /^\d\d:\d\d(\.\d)?: read \S+, write \S+/)
})

test('what is selected is drawn; another choice is pinned; every measure has a chart', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await board.snapshots(15)
  await board.card('backup').click()
  await expect(page.getByRole('region', { name: 'IOPS of backup' })).toBeVisible()
  await page.getByRole('combobox', { name: 'Shown in the timeline' }).click()
  await page.getByRole('option', { name: 'All groups' }).click()
  await expect(page.getByRole('region', { name: 'IOPS of all groups' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Figures over the span' })).toContainText('bulk')
  for (const measure of ['Bandwidth', 'Wait', 'Queue', 'Bucket level']) {
    await page.getByRole('combobox', { name: 'Measure' }).click()
    await page.getByRole('option', { name: new RegExp(`^${measure}`) }).click()
    const plot = page.getByRole('region', { name: `${measure} of all groups` })
    await expect.poll(() => lineCount(plot)).toBeGreaterThan(0)
    await expect.poll(() => isPainted(plot)).toBe(true)
  }
  await page.getByRole('combobox', { name: 'Measure' }).click()
  await page.getByRole('option', { name: /^Heat map/ }).click()
  const heat = page.getByRole('region', { name: 'Waits of all groups' })
  await expect.poll(() => isPainted(heat)).toBe(true)
  await expectAccessible(page)
})

test('a held timeline stands still, scrolls back and goes on', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await page.getByRole('combobox', { name: 'Time span' }).click()
  await page.getByRole('option', { name: '15 s' }).click()
  const cursor = page.getByRole('slider', { name: 'IOPS of gold, moment' })
  await board.snapshots(10)
  await page.getByRole('button', { name: 'Freeze the timeline' }).click()
  const held = await cursor.getAttribute('aria-valuemax')
  await board.snapshots(25)
  expect(await cursor.getAttribute('aria-valuemax')).toBe(held)
  // More than the span must have been measured, or there is nothing to scroll back to.
  const revision = await board.revision()
  await expect.poll(() => board.revision(), { timeout: 40_000 }).toBeGreaterThan(revision + 150)
  await page.getByRole('button', { name: 'Now' }).click()
  await expect.poll(async () => Number(await cursor.getAttribute('aria-valuemax'))).toBeGreaterThan(Number(held) + 10)
  await page.getByRole('button', { name: 'Earlier' }).click()
  const back = Number(await cursor.getAttribute('aria-valuemax'))
  await page.getByRole('button', { name: 'Freeze the timeline' }).waitFor({ state: 'hidden' })
  await cursor.focus()
  await page.keyboard.press('PageDown')
  await expect.poll(async () => Number(await cursor.getAttribute('aria-valuemax'))).toBeGreaterThan(back)
})

test('a change has its mark, its event and its command; Undo takes the command off the tape', async ({
  launch,
  folder,
}) => {
  const { app, page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await board.snapshots(5)
  await board.field('IOPS limit').fill('1500')
  await board.field('IOPS limit').press('Enter')
  const plot = page.getByRole('region', { name: 'IOPS of gold' })
  await expect(plot.getByText(/1\s?500/).first()).toBeVisible()
  await expect(page.getByRole('list', { name: 'Figures over the span' })).toContainText(/limit 1\s500/)

  await board.dockTab('Events').click()
  await expect(page.getByRole('list', { name: 'Events' })).toContainText(/gold.*1\s?500/)
  await expectAccessible(page)

  await board.dockTab('QMP tape').click()
  const tape = page.getByRole('list', { name: 'QMP commands of the changes' })
  await expect(tape).toContainText('IOPS limit of gold')
  await expect(tape).toContainText('"iops-total": 1500')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Copy the command of IOPS limit of gold' }).click()
  await expect.poll(() => clipboardText(app)).toMatch(/^\{ "execute": "qom-set", .*"iops-total": 1500.*\}\n$/)

  await board.drag('batch-etl', board.lane('bulk'))
  await expect(tape).toContainText('"blockdev-reopen"')
  await page.getByRole('button', { name: 'Copy all' }).click()
  await expect.poll(async () => (await clipboardText(app)).trim().split('\n').length).toBe(2)
  const file = path.join(folder, 'tape.qmp')
  await answerSaveDialog(app, file)
  await page.getByRole('button', { name: 'Save…' }).click()
  await expect
    .poll(() =>
      fs.existsSync(file)
        ? fs
            .readFileSync(file, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line).execute)
        : [],
    )
    .toEqual(['qom-set', 'blockdev-reopen'])

  await board.button('Undo').click()
  await expect(tape.getByRole('listitem').first()).toContainText('undone')
  await page.getByRole('button', { name: 'Copy all' }).click()
  await expect.poll(() => clipboardText(app)).not.toContain('blockdev-reopen')
  await board.button('Undo').click()
  await expect(page.getByRole('button', { name: 'Copy all' })).toBeDisabled()
})

test('the steps of one drag are one event and one command', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await board.snapshots(5)
  const box = await board.slider('IOPS limit').boundingBox()
  if (!box) throw new Error('the slider is on the screen')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  for (let step = 1; step <= 12; step += 1) {
    await page.mouse.move(box.x + box.width / 2 + step * 2, box.y + box.height / 2)
    await board.snapshots(1)
  }
  await page.mouse.up()
  await board.dockTab('QMP tape').click()
  await expect(page.getByRole('list', { name: 'QMP commands of the changes' }).getByRole('listitem')).toHaveCount(1)
  await board.dockTab('Events').click()
  await expect(
    page.getByRole('list', { name: 'Events' }).getByRole('listitem').filter({ hasText: 'steps' }),
  ).toHaveCount(1)
})

test('tabs and the dock’s height by the keyboard', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)] })
  await board.shown()
  await board.dockTab('Timeline').focus()
  await page.keyboard.press('ArrowRight')
  await expect(board.dockTab('QMP tape')).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('ArrowRight')
  await expect(board.dockTab('Events')).toHaveAttribute('aria-selected', 'true')
  const dock = page.getByRole('region', { name: 'Dock', exact: true })
  const before = (await dock.boundingBox())?.height ?? 0
  await page.getByRole('separator', { name: 'Height of the dock' }).focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await expect.poll(async () => (await dock.boundingBox())?.height).toBe(before + 48)
})

test('a prediction is drawn whole, and stays whole while it is scrubbed', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)] })
  await board.shown()
  await page.getByRole('radio', { name: 'Predict', exact: true }).click()
  await expect(page.getByText('Run a prediction to see here what the devices would do')).toBeVisible()
  await page.getByRole('button', { name: 'Run prediction' }).click()
  const cursor = page.getByRole('slider', { name: 'IOPS of gold, moment' })
  await expect(cursor).toHaveAttribute('aria-valuemax', '60')
  await expect(page.getByRole('combobox', { name: 'Time span' })).toContainText('Everything')
  const scrubber = page.getByRole('slider', { name: 'Moment', exact: true })
  await scrubber.focus()
  await page.keyboard.press('Home')
  await expect(cursor).toHaveAttribute('aria-valuemax', '60')
})
