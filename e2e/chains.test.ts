import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import type { BoardPage } from './board-page.ts'
import { expectCards, holdOver, lanesOf, pickFromMenu, said } from './board-verbs.ts'
import { expect, ROOT, test } from './weir-app.ts'

// A limit for the disk under a limit for the VM, on the board: web01 900 over log 200, db 400 and data 800, batch01 over
// etl, and mirror with 20 MiB/s of its own.

const FILE = path.join(ROOT, 'examples/disks-under-a-cap.weir.json')

function ownRow(board: BoardPage, device: string): Locator {
  return board.card(device).locator('[data-level]')
}

function chain(page: Page, device: string): Locator {
  return page.getByRole('complementary', { name: `Chain of ${device}`, exact: true })
}

function level(page: Page, device: string, group: string): Locator {
  return chain(page, device).getByRole('radio', { name: new RegExp(`^${group} `) })
}

async function choose(page: Page, select: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: select, exact: true }).click()
  await page.getByRole('option', { name: new RegExp(`^${option}`) }).click()
}

test('disks under a cap run at their own limits, and each card says where it waits', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE], run: true })
  await board.shown()
  expect(await lanesOf(page)).toEqual(['web01', 'batch01'])
  await expectCards(board.lane('web01'), ['log', 'db', 'data'])
  await board.snapshots(30)
  await expect(board.card('log')).toContainText(/waits \d+ ms: web01 [\d.]+, own \d+/)
  await expect(ownRow(board, 'log')).toContainText(/own\s*[12]\d\d \/ 200/)
  await expect(ownRow(board, 'log')).toHaveAttribute('data-binds', 'true')
  await expect(ownRow(board, 'data')).not.toHaveAttribute('data-binds', 'true')
  const sum = await Promise.all(['log', 'db', 'data'].map((id) => board.meanMetric(board.card(id), 'iops', 10)))
  expect(sum.reduce((all, each) => all + each, 0)).toBeGreaterThan(900 * 0.9)
  expect(sum.reduce((all, each) => all + each, 0)).toBeLessThan(900 * 1.1)
  expect(sum[0]).toBeGreaterThan(200 * 0.9)
  expect(sum[0]).toBeLessThan(200 * 1.1)
})

test('a card dragged to another cap keeps its own limits, and Undo puts it back', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE] })
  await board.shown()
  await holdOver(page, board.card('mirror'), board.lane('web01'), { x: 0.9, y: 0.5 })
  await expect(page.getByText('under web01, keeps its own bandwidth 20 MiB/s', { exact: true })).toBeVisible()
  await page.mouse.up()
  await expect(board.lane('web01').getByRole('article', { name: 'mirror' })).toBeVisible()
  await expect(ownRow(board, 'mirror')).toHaveAttribute('data-group', 'mirror-own')
  await expect(level(page, 'mirror', 'web01')).toBeVisible()
  await page.keyboard.press('Control+z')
  await expectCards(board.lane('batch01'), ['etl', 'mirror'])
  await expect(ownRow(board, 'mirror')).toHaveCount(1)
})

test('a card dropped on "Not throttled" loses its own limits, as it says, and leaves no lane behind', async ({
  launch,
}) => {
  const { board, page } = await launch({ files: [FILE] })
  await board.shown()
  await board.handle('mirror').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowDown')
  await expect(said(page)).toHaveText(
    'Over Not throttled, 0 devices, place 1. Not throttled, loses its own bandwidth 20 MiB/s.',
  )
  await page.keyboard.press('Space')
  await expectCards(board.freeLane, ['mirror'])
  await expect(ownRow(board, 'mirror')).toHaveCount(0)
  expect(await lanesOf(page)).toEqual(['web01', 'batch01'])
  await page.keyboard.press('Control+z')
  await expect(ownRow(board, 'mirror')).toHaveCount(1)
})

test('the menu gives a card limits of its own and takes them away', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE], run: true })
  await board.shown()
  await pickFromMenu(page, board.card('etl'), 'Give limits of its own')
  await expect(ownRow(board, 'etl')).toContainText('no limit')
  await expect(board.limits('etl-own')).toBeVisible()
  await board.field('Bandwidth limit').fill('10 MiB/s')
  await board.field('Bandwidth limit').press('Enter')
  await expect(ownRow(board, 'etl')).toContainText(/[\d.]+ \/ 10 MiB\/s/)
  await board.snapshots(15)
  await expect(ownRow(board, 'etl')).toHaveAttribute('data-binds', 'true')
  await pickFromMenu(page, board.card('etl'), 'Remove its own limits')
  await expect(ownRow(board, 'etl')).toHaveCount(0)
  await expect(board.limits('batch01')).toBeVisible()
})

test('keys do the same: Ctrl L gives, Ctrl Shift L takes away, and the dialog lists both', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE] })
  await board.shown()
  await board.handle('etl').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+l')
  await expect(said(page)).toHaveText('etl has limits of its own, none set yet.')
  await expect(board.handle('etl')).toBeFocused()
  await expect(ownRow(board, 'etl')).toHaveCount(1)
  await page.keyboard.press('Control+Shift+l')
  await expect(said(page)).toHaveText('Own limits of etl removed.')
  await expect(ownRow(board, 'etl')).toHaveCount(0)
  await page.keyboard.press('Control+z')
  await expect(ownRow(board, 'etl')).toHaveCount(1)
  await page.keyboard.press('Control+/')
  const listed = page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByRole('region', { name: 'Board' })
  await expect(listed).toContainText('Give a card limits of its own')
  await expect(listed).toContainText('Remove its own limits')
})

test('the panel shows the chain, says which level binds, and edits the level that is chosen', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE], run: true })
  await board.shown()
  await board.card('log').click()
  await board.snapshots(15)
  await expect(level(page, 'log', 'web01')).toContainText('cap, shared by 3')
  await expect(level(page, 'log', 'log-own')).toContainText('binds now')
  await expect(level(page, 'log', 'log-own')).toBeChecked()
  await expect(chain(page, 'log')).toContainText(/log (is held by|waits longest at) its own limit \(log-own\)/)
  await expect(board.limits('log-own')).toBeVisible()
  await level(page, 'log', 'log-own').focus()
  await page.keyboard.press('ArrowUp')
  await expect(board.limits('web01')).toBeVisible()
  await expect(board.field('IOPS limit')).toHaveValue('900 /s')
  await board.field('IOPS limit').fill('150')
  await board.field('IOPS limit').press('Enter')
  await board.snapshots(20)
  await expect(level(page, 'log', 'web01')).toContainText('binds now')
  await expectAccessible(page)
  // A row of the card leads to its level.
  await ownRow(board, 'log').click()
  await expect(board.limits('log-own')).toBeVisible()
  await chain(page, 'log').getByRole('button', { name: 'Add a level' }).click()
  await expect(ownRow(board, 'log')).toHaveCount(2)
  await chain(page, 'log').getByRole('button', { name: 'Remove this level' }).click()
  await expect(ownRow(board, 'log')).toHaveCount(1)
})

test('the timeline has waits by level, and limit and bucket of the chosen level', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE], run: true })
  await board.shown()
  await board.card('log').click()
  await board.snapshots(10)
  const figures = page.getByRole('list', { name: 'Figures over the span' })
  await expect(figures).toContainText(/limit\s*200/)
  await choose(page, 'Level', 'web01')
  await expect(figures).toContainText(/limit\s*900/)
  await expect(board.limits('web01')).toBeVisible()
  await choose(page, 'Measure', 'Wait by level')
  await expect(figures).toContainText('waits at web01')
  await expect(figures).toContainText('waits at log-own')
  await expectAccessible(page)
  // A card with one level has none to tell apart.
  await board.card('etl').click()
  await expect(page.getByRole('region', { name: 'Wait of etl' })).toBeVisible()
})

test('a copy has own limits of the same size, and a removed card takes its own along', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE] })
  await board.shown()
  await board.handle('mirror').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+d')
  await expectCards(board.lane('batch01'), ['etl', 'mirror', 'mirror-2'])
  await expect(ownRow(board, 'mirror-2')).toHaveAttribute('data-group', 'mirror-2-own')
  await board.handle('mirror').focus()
  await page.keyboard.press('Delete')
  await expectCards(board.lane('batch01'), ['etl', 'mirror-2'])
  expect(await lanesOf(page)).toEqual(['web01', 'batch01'])
})

test('a group of a card’s own is renamed in the card', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE] })
  await board.shown()
  await board.card('mirror').click()
  await chain(page, 'mirror').getByRole('button', { name: 'Rename' }).click()
  await expect(page.getByRole('textbox', { name: 'Name of group mirror-own' })).toBeFocused()
  await page.keyboard.type('slow-copy')
  await page.keyboard.press('Enter')
  await expect(ownRow(board, 'mirror')).toHaveAttribute('data-group', 'slow-copy')
  await expect(board.limits('slow-copy')).toBeVisible()
})

test('lanes move past groups that have none', async ({ launch }) => {
  const { board, page } = await launch({ files: [FILE] })
  await board.shown()
  await page.getByRole('button', { name: 'web01', exact: true }).focus()
  await page.keyboard.press('Alt+ArrowDown')
  await expect.poll(() => lanesOf(page)).toEqual(['batch01', 'web01'])
  await expect(said(page)).toHaveText('web01 is group 2 of 2.')
})

for (const theme of ['dark', 'light'] as const) {
  test(`a board with chains is accessible in the ${theme} theme, in a narrow window too`, async ({ launch }) => {
    const { app, board, page } = await launch({ files: [FILE], run: true })
    await board.shown()
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name
    }, theme)
    await board.card('log').click()
    await board.snapshots(10)
    await expectAccessible(page)
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 640))
    await expect(board.card('log')).toBeVisible()
    const sizes = await page.evaluate(() =>
      [...document.querySelectorAll('[data-level], [data-chain-level]')].map(
        (row) => row.scrollWidth - row.clientWidth,
      ),
    )
    expect(Math.max(...sizes)).toBeLessThanOrEqual(0)
    await expectAccessible(page)
  })
}
