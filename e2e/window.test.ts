import { EXAMPLE, expect, test } from './weir-app.ts'

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

test('without a file a first start shows the example, running', async ({ launch }) => {
  const { board } = await launch()
  await board.shown()
  await expect(board.button('Pause')).toBeVisible()
  await board.snapshots(5)
})

test('a file that is no workspace is told with its reason, and the window can be used', async ({ launch, folder }) => {
  const fs = await import('node:fs')
  const file = `${folder}/half.weir.json`
  fs.writeFileSync(file, '{"format": "weir-work')
  const { page } = await launch({ files: [file] })
  await expect(page.getByText('half.weir.json cannot be opened.')).toBeVisible()
  await expect(page.getByText(/this is not JSON, from line 1/)).toBeVisible()
})
