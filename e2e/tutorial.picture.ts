import fs from 'node:fs'
import path from 'node:path'
import type { BoardPage } from './board-page.ts'
import { EXAMPLE, expect, ROOT, test } from './weir-app.ts'

// The pictures of docs/tutorial.md, one per step, taken by doing the steps: if the tutorial were wrong, this would fail.
// What the cards show at each step goes to the terminal, to hold the tutorial's figures against.

const FOLDER = path.join(ROOT, 'docs/pictures')
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

/** A few snapshots at a time: each wait has its own time limit. */
async function watch(board: BoardPage, count: number): Promise<void> {
  for (let seen = 0; seen < count; seen += 5) await board.snapshots(5)
}

test('the tutorial, step by step', async ({ launch }) => {
  fs.mkdirSync(FOLDER, { recursive: true })
  const { app, page, board } = await launch({ files: [EXAMPLE], run: true })
  const take = (name: string) => page.screenshot({ path: path.join(FOLDER, `tutorial-${name}.png`) })
  await app.evaluate(({ BrowserWindow }, size) => {
    const window = BrowserWindow.getAllWindows()[0]
    window?.setMenuBarVisibility(false)
    window?.setContentSize(size.width, size.height)
  }, SIZE)
  await page.emulateMedia({ colorScheme: 'dark' })
  await board.shown()

  await board.lane('gold').getByRole('heading', { name: 'gold' }).click()
  await watch(board, 200)
  await figures(board, '1 shared')
  await take('shared')

  await board.drag('batch-etl', board.lane('bulk'))
  await expect(board.lane('bulk').getByRole('article', { name: 'batch-etl' })).toBeVisible()
  await watch(board, 60)
  await figures(board, '2 moved')
  await take('moved')

  await board.lane('bulk').getByRole('heading', { name: 'bulk' }).click()
  await board.field('Bandwidth limit').fill('20 MiB/s')
  await board.field('Bandwidth limit').press('Enter')
  await watch(board, 60)
  await figures(board, '3 bulk at 20 MiB/s')
  await take('limited')

  await board.button('Export').click()
  await page.getByRole('radio', { name: /^QMP/ }).first().click()
  await take('export')
})
