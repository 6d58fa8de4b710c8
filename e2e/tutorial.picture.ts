import type { BoardPage } from './board-page.ts'
import { frame, setTheme, take, watch } from './take-picture.ts'
import { EXAMPLE, expect, test } from './weir-app.ts'

// The pictures of docs/tutorial.md, one per step, taken by doing the steps: if the tutorial were wrong, this would fail.
// What the cards show at each step goes to the terminal, to hold the tutorial's figures against.

const SIZE = { width: 1280, height: 800 }
const DEVICES = ['db-primary', 'web-01', 'mail', 'batch-etl', 'backup']

test.setTimeout(240_000)

async function figures(board: BoardPage, step: string): Promise<void> {
  for (const device of DEVICES) {
    const iops = await board.meanMetric(board.card(device), 'iops', 5)
    const waitMs = (await board.metric(board.card(device), 'wait-p99-ns')) / 1e6
    console.log(`${step}: ${device} ${iops.toFixed(0)} IOPS, wait p99 ${waitMs.toFixed(0)} ms`)
  }
}

test('the tutorial, step by step', async ({ launch }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE], run: true })
  await frame(app, SIZE)
  await setTheme(page, 'dark')
  await board.shown()

  await board.lane('gold').getByRole('heading', { name: 'gold' }).click()
  await watch(board, 200)
  await figures(board, '1 shared')
  await take(page, 'tutorial-shared')

  await board.drag('batch-etl', board.lane('bulk'))
  await expect(board.lane('bulk').getByRole('article', { name: 'batch-etl' })).toBeVisible()
  await watch(board, 60)
  await figures(board, '2 moved')
  await take(page, 'tutorial-moved')

  await board.lane('bulk').getByRole('heading', { name: 'bulk' }).click()
  await board.field('Bandwidth limit').fill('20 MiB/s')
  await board.field('Bandwidth limit').press('Enter')
  await watch(board, 60)
  await figures(board, '3 bulk at 20 MiB/s')
  await take(page, 'tutorial-limited')

  await board.button('Export').click()
  await page.getByRole('radio', { name: /^QMP/ }).first().click()
  await take(page, 'tutorial-export')
})
