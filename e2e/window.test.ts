import fs from 'node:fs'
import path from 'node:path'
import { EXAMPLE, expect, ROOT, test } from './weir-app.ts'

/** What the first picture waits for; what comes later is 0.8 MB. */
const FIRST_SCRIPTS_BYTES = 1_100_000

test('npm start opens the window with the example running', async ({ launch }) => {
  const { app, board, pageErrors } = await launch({ files: [EXAMPLE], run: true })
  await board.shown()
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())).toBe(
    'noisy-neighbour.weir.json – Weir',
  )
  await expect(board.button('Pause')).toBeVisible()
  await board.snapshots(5)
  const gold = board.lane('gold')
  expect(await board.meanMetric(gold, 'iops', 10)).toBeGreaterThan(100)
  expect(pageErrors).toEqual([])
})

test('without a file a first start shows the example, running; a dialog can be asked for at once', async ({
  launch,
}) => {
  const { board, page } = await launch()
  await board.shown()
  await page.keyboard.press('Control+E')
  const dialog = page.getByRole('dialog', { name: 'Export' })
  await expect(dialog.getByRole('radio').first()).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(board.button('Pause')).toBeVisible()
  await board.snapshots(5)
})

test('a file that is no workspace is told with its reason, and the window can be used', async ({ launch, folder }) => {
  const file = `${folder}/half.weir.json`
  fs.writeFileSync(file, '{"format": "weir-work')
  const { page } = await launch({ files: [file] })
  await expect(page.getByText('half.weir.json cannot be opened.')).toBeVisible()
  await expect(page.getByText(/this is not JSON, from line 1/)).toBeVisible()
})

test('the first picture does not wait for dialogs, predictions and formats', () => {
  const built = path.join(ROOT, 'out/renderer')
  const page = fs.readFileSync(path.join(built, 'index.html'), 'utf8')
  const scripts = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, file = '']) => file)
  const bytes = scripts.map((file) => fs.statSync(path.join(built, file)).size)
  expect(scripts.length).toBeGreaterThan(0)
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(FIRST_SCRIPTS_BYTES)
  expect(page.match(/rel="stylesheet"/g)).toHaveLength(1)
})
