import fs from 'node:fs'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { writeSmallBoard } from './board-workspace.ts'
import { expect, test } from './weir-app.ts'

// The limits panel, by mouse and by keyboard, against a lab that really runs.

/** One device without a disk behind one group, so that only the limit holds it. */
function writeWorkspace(folder: string, limits: object = { 'iops-total': 500 }): string {
  const file = path.join(folder, 'limits.weir.json')
  const workload = { kind: 'synthetic', pattern: 'random', readPercent: 75, blockBytes: 4096, iodepth: 8 }
  const disk = { kind: 'null', sizeBytes: 1 << 30 }
  const workspace = {
    format: 'weir-workspace/1',
    groups: { gold: limits },
    devices: [{ id: 'db', group: 'gold', disk, workload }],
  }
  fs.writeFileSync(file, JSON.stringify(workspace))
  return file
}

async function center(of: Locator): Promise<{ readonly x: number; readonly y: number }> {
  const box = await of.boundingBox()
  if (!box) throw new Error('not on the screen')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** Presses the thumb, moves it by `pixels` in small steps, and leaves the button down. */
async function dragThumb(page: Page, slider: Locator, pixels: number): Promise<void> {
  const { x, y } = await center(slider)
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + pixels, y, { steps: 10 })
}

test('a slider dragged by the mouse: the rate follows, and the whole drag is one step for Undo', async ({
  launch,
  folder,
}) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await expect.poll(() => board.meanMetric(board.card('db'), 'iops', 5)).toBeCloseTo(500, -2)
  await dragThumb(page, board.slider('IOPS limit'), 22)
  await page.mouse.up()
  const raised = Number((await board.field('IOPS limit').inputValue()).replace(/\D/g, ''))
  expect(raised).toBeGreaterThan(1000)
  await board.snapshots(12)
  const rate = await board.meanMetric(board.card('db'), 'iops', 10)
  expect(Math.abs(rate - raised) / raised).toBeLessThan(0.1)
  await board.button('Undo').click()
  await expect(board.field('IOPS limit')).toHaveValue(/^500/)
  await expect(board.button('Undo')).toBeDisabled()
})

test('Escape takes a drag back', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)] })
  await board.shown()
  await dragThumb(page, board.slider('IOPS limit'), 30)
  await expect(board.field('IOPS limit')).not.toHaveValue(/^500/)
  await page.keyboard.press('Escape')
  await page.mouse.move(10, 10)
  await page.mouse.up()
  await expect(board.field('IOPS limit')).toHaveValue(/^500/)
  await expect(board.button('Undo')).toBeDisabled()
})

test('the keyboard goes from stop to stop, to the ends and to unlimited', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  const slider = board.slider('IOPS limit')
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  await expect(slider).toHaveAttribute('aria-valuetext', '600 per second')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('PageUp')
  await expect(slider).toHaveAttribute('aria-valuetext', /^5\s000 per second$/)
  await board.snapshots(12)
  const rate = await board.meanMetric(board.card('db'), 'iops', 10)
  expect(Math.abs(rate - 5000) / 5000).toBeLessThan(0.1)
  await page.keyboard.press('End')
  await expect(slider).toHaveAttribute('aria-valuetext', 'unlimited')
  await expect(board.field('IOPS limit')).toHaveValue('unlimited')
  await page.keyboard.press('Home')
  await expect(slider).toHaveAttribute('aria-valuetext', '10 per second')
})

test('fields take rates as people write them, and keep what is none with its reason', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)] })
  await board.shown()
  const iops = board.field('IOPS limit')
  const bandwidth = board.field('Bandwidth limit')
  const type = async (field: Locator, text: string) => {
    await field.fill(text)
    await field.press('Enter')
  }
  await type(iops, '1.5k')
  await expect(iops).toHaveValue(/^1\s500 \/s$/)
  await type(bandwidth, '64 MiB/s')
  await expect(bandwidth).toHaveValue('64 MiB/s')
  await type(bandwidth, '100MB')
  await expect(bandwidth).toHaveValue('95.4 MiB/s')
  await type(bandwidth, 'unlimited')
  await expect(bandwidth).toHaveValue('unlimited')
  await type(iops, 'fast')
  await expect(iops).toHaveValue('fast')
  await expect(iops).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText('“fast” is not a rate: use 500, 1.5k or unlimited')).toBeVisible()
  await iops.press('Escape')
  await expect(iops).toHaveValue(/^1\s500 \/s$/)
})

test('total and read/write exclude each other; the switch converts, and Undo brings back', async ({
  launch,
  folder,
}) => {
  const file = writeWorkspace(folder, { 'iops-total': 1000, 'iops-total-max': 4000, 'iops-total-max-length': 10 })
  const { page, board } = await launch({ files: [file] })
  await board.shown()
  const applies = page.getByRole('radiogroup', { name: 'IOPS applies to' })
  await applies.getByRole('radio', { name: 'Read and write' }).click()
  await expect(board.slider('IOPS limit')).toBeHidden()
  // Three quarters of the load are reads.
  await expect(board.field('Read IOPS limit')).toHaveValue('750 /s')
  await expect(board.field('Write IOPS limit')).toHaveValue('250 /s')
  await expect(board.field('Read IOPS burst')).toHaveValue(/^3\s000 \/s$/)
  await expect(board.field('Write IOPS burst length')).toHaveValue('10 s')
  await applies.getByRole('radio', { name: 'Read and write' }).focus()
  await page.keyboard.press('ArrowLeft')
  await expect(board.field('IOPS limit')).toHaveValue(/^1\s000 \/s$/)
  await board.button('Undo').click()
  await expect(board.field('Read IOPS limit')).toHaveValue('750 /s')
  await board.button('Undo').click()
  await expect(board.field('IOPS burst')).toHaveValue(/^4\s000 \/s$/)
})

test('QEMU’s rule stands under its field, the old limits stay in force, and one press mends', async ({
  launch,
  folder,
}) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  const burst = board.field('IOPS burst')
  await burst.fill('100')
  await burst.press('Enter')
  await expect(page.getByText('bps_max/iops_max cannot be lower than bps/iops')).toBeVisible()
  await expect(burst).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText('in force none')).toBeVisible()
  await board.snapshots(8)
  expect(await board.meanMetric(board.card('db'), 'iops', 10)).toBeCloseTo(500, -2)
  await page.getByRole('button', { name: 'Raise the burst to the limit' }).click()
  await expect(burst).toHaveValue('500 /s')
  await expect(page.getByText('cannot be lower')).toBeHidden()
  await expectAccessible(page)
})

test('an impossible limit holds up no move: the engine tells it, and the crossed limit stays out of force', async ({
  launch,
  folder,
}) => {
  const { page, board } = await launch({ files: [writeSmallBoard(folder)], run: true })
  await board.shown()
  const burst = board.field('IOPS burst')
  await burst.fill('1')
  await burst.press('Enter')
  await expect(page.getByText('bps_max/iops_max cannot be lower than bps/iops')).toBeVisible()
  await board.drag('db', board.lane('bulk'))
  await board.dockTab('Events').click()
  const events = page.getByRole('list', { name: 'Events' })
  await expect(events).toContainText(/db.*gold.*bulk/)
  await expect(events).not.toContainText('burst')
})

test('a length without a burst and a size without a rate are refused in QEMU’s words', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder, { 'bps-total': 52_428_800 })] })
  await board.shown()
  await board.field('Bandwidth burst length').fill('30')
  await board.field('Bandwidth burst length').press('Enter')
  await expect(page.getByText(/burst length set without burst rate/)).toBeVisible()
  await page.getByRole('button', { name: 'Back to 1 s' }).click()
  await board.field('IOPS size').fill('16 KiB')
  await board.field('IOPS size').press('Enter')
  await expect(page.getByText(/iops size requires an iops value to be set/)).toBeVisible()
  await page.getByRole('button', { name: 'Turn it off' }).click()
  await expect(board.field('IOPS size')).toHaveValue('off')
})

test('the burst is told: enforced, as a pool, and how it refills', async ({ launch, folder }) => {
  const { board } = await launch({ files: [writeWorkspace(folder, { 'iops-total': 1000 })] })
  await board.shown()
  const panel = board.limits('gold')
  await board.field('IOPS burst').fill('4k')
  await board.field('IOPS burst').press('Enter')
  await expect(panel).toContainText(/pool of 4\s000 requests, served as fast as the disk can/)
  await expect(panel).toContainText('It refills in 4 s of idle time')
  await board.slider('IOPS burst length').focus()
  for (const _press of [1, 2, 3, 4]) await board.slider('IOPS burst length').press('ArrowRight')
  await expect(board.field('IOPS burst length')).toHaveValue('10 s')
  await expect(panel).toContainText('At full demand the burst lasts 13.2 s, enforced at')
  await expect(panel).toContainText('It refills in 40 s of idle time')
})

test('a preset replaces the limits whole, by size where it has one, in one step', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder, { 'bps-read': 5_000_000 })] })
  await board.shown()
  await page.getByRole('button', { name: 'Ready-made' }).click()
  const presets = page.getByRole('dialog', { name: 'Ready-made limits' })
  await expectAccessible(page)
  await presets.getByRole('textbox', { name: 'AWS gp2 size' }).fill('500')
  await presets.getByRole('textbox', { name: 'AWS gp2 size' }).press('Enter')
  await presets.getByRole('button', { name: /^AWS gp2/ }).click()
  await expect(board.field('IOPS limit')).toHaveValue(/^1\s500 \/s$/)
  await expect(board.field('IOPS burst')).toHaveValue(/^3\s000 \/s$/)
  await expect(board.field('IOPS burst length')).toHaveValue(/^1\s800 s$/)
  await expect(board.field('Bandwidth limit')).toHaveValue('250 MiB/s')
  await expect(board.field('IOPS size')).toHaveValue('256 KiB')
  await board.button('Undo').click()
  await expect(board.field('Read bandwidth limit')).toHaveValue('4.77 MiB/s')
})

test('limits that starve a guest are warned of; iops-size says what it does to the load', async ({
  launch,
  folder,
}) => {
  const { board } = await launch({ files: [writeWorkspace(folder, { 'iops-total': 1000, 'iops-size': 1024 })] })
  await board.shown()
  const panel = board.limits('gold')
  await expect(panel).toContainText('A 4 KiB request of db counts as 4, alone 250 a second at most')
  await board.field('Bandwidth limit').fill('1 MB')
  await board.field('Bandwidth limit').press('Enter')
  await expect(panel).toContainText('Below about 2 MB/s guests have been seen to time out')
  await board.field('Bandwidth limit').fill('10 MB')
  await board.field('Bandwidth limit').press('Enter')
  await expect(panel).not.toContainText('time out')
})

test('the measured rate stands as a mark on the limit’s track', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await board.snapshots(15)
  const mark = page.getByTitle('measured now').first()
  await expect(mark).toBeVisible()
  const [at, thumb] = [await center(mark), await center(board.slider('IOPS limit'))]
  expect(Math.abs(at.x - thumb.x)).toBeLessThan(6)
})

test('axe finds nothing serious in the panel, dark and light', async ({ launch, folder }) => {
  const limits = {
    'iops-read': 500,
    'iops-read-max': 900,
    'iops-write': 200,
    'bps-total': 1_000_000,
    'iops-size': 4096,
  }
  const { page, board } = await launch({ files: [writeWorkspace(folder, limits)], run: true })
  await board.shown()
  await board.snapshots(3)
  for (const theme of ['dark', 'light'] as const) {
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name
    }, theme)
    await expectAccessible(page)
  }
})
