import type { Page } from '@playwright/test'
import type { BoardPage } from './board-page.ts'
import { expectCards, lanesOf } from './board-verbs.ts'
import { writeBoard, writeSmallBoard } from './board-workspace.ts'
import { expect, test } from './weir-app.ts'

// What the board shows, of a lab that runs and of a workspace of any size.

test('a running lab shows tokens, timers, queues and buckets', async ({ launch, folder }) => {
  const { board, pageErrors } = await launch({ files: [writeSmallBoard(folder, 'busy')], run: true })
  await board.shown()
  await board.snapshots(15)
  const gold = board.lane('gold')
  expect(['db', 'web', 'mail']).toContain(await board.metricText(gold, 'token'))
  expect(await board.metric(gold, 'queued')).toBeGreaterThan(0)
  expect(await board.metric(gold, 'bucket-level')).toBeGreaterThan(0)
  expect(await board.metric(board.card('db'), 'wait-p99-ns')).toBeGreaterThan(1e6)
  expect(await board.meanMetric(gold, 'iops', 20)).toBeGreaterThan(200)
  expect(await board.meanMetric(gold, 'iops', 20)).toBeLessThan(400)
  await expect(gold.getByRole('img', { name: /Ring of 3/ })).toBeVisible()
  await expect(board.card('db').getByText('slowed')).toBeVisible()
  expect(pageErrors).toEqual([])
})

test('the tokens hop from member to member', async ({ launch, folder }) => {
  const { board } = await launch({ files: [writeSmallBoard(folder, 'busy')], run: true })
  await board.shown()
  const holders = new Set<string>()
  await expect
    .poll(async () => {
      holders.add(await board.metricText(board.lane('gold'), 'token'))
      return holders.size
    })
    .toBeGreaterThanOrEqual(3)
})

test('an empty workspace says what to do, and does it', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeBoard(folder, { lanes: {} })] })
  await expect(page.getByText('An empty workspace')).toBeVisible()
  await page.getByRole('button', { name: 'New group', exact: true }).click()
  await page.keyboard.type('gold')
  await page.keyboard.press('Enter')
  await expect(board.lane('gold')).toBeVisible()
  await page.getByRole('button', { name: 'Add device to gold' }).first().click()
  await expectCards(board.lane('gold'), ['disk'])
})

test('of 1 000 devices only what is in sight is drawn, and all can be reached', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeLargeBoard(folder)] })
  await board.shown()
  expect(await page.getByRole('article').count()).toBeLessThan(60)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find' }).fill('disk-199-4')
  await page.keyboard.press('Enter')
  await expect(board.handle('disk-199-4')).toBeFocused()
  await expect(board.card('disk-199-4')).toBeInViewport()
  await page.keyboard.press('Space')
  for (let lane = 0; lane < 3; lane += 1) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Space')
  await expect(board.lane('group-196').getByRole('article', { name: 'disk-199-4' })).toBeInViewport()
})

function writeLargeBoard(folder: string): string {
  const lanes = Object.fromEntries(
    Array.from({ length: 200 }, (_, group) => [
      `group-${group}`,
      { limits: { 'iops-total': 100 }, devices: Array.from({ length: 5 }, (_, disk) => `disk-${group}-${disk}`) },
    ]),
  )
  return writeBoard(folder, { lanes })
}

/** Escapes a board test that would pass on a board that never drew anything. */
test('the board shows what the workspace says', async ({ launch, folder }) => {
  const { board, page }: { board: BoardPage; page: Page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  expect(await lanesOf(page)).toEqual(['gold', 'bulk'])
  await expectCards(board.lane('gold'), ['db', 'web', 'mail'])
  await expectCards(board.lane('bulk'), ['backup'])
  await expectCards(board.freeLane, ['scratch'])
})
