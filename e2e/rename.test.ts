import { writeBoard } from './board-workspace.ts'
import { expect, test } from './weir-app.ts'

test('a running group and its card are renamed: the bucket stays filled, and the events say no more', async ({
  launch,
  folder,
}) => {
  // A pool that takes hours to leak: what is in it tells whether anybody emptied it.
  const limits = { 'iops-total': 1, 'iops-total-max': 1_000_000 }
  const { page, board } = await launch({
    files: [writeBoard(folder, { lanes: { gold: { limits, devices: ['db', 'web'] } }, load: 'busy' })],
    run: true,
  })
  await board.shown()
  await expect.poll(() => board.metric(board.lane('gold'), 'bucket-level')).toBeGreaterThan(2000)
  const level = await board.metric(board.lane('gold'), 'bucket-level')

  await board.lane('gold').getByRole('button', { name: 'gold', exact: true }).dblclick()
  await page.getByRole('textbox', { name: 'Name of group gold' }).fill('platinum')
  await page.keyboard.press('Enter')
  await board.lane('platinum').waitFor()
  await board.snapshots(5)
  expect(await board.metric(board.lane('platinum'), 'bucket-level')).toBeGreaterThan(level)

  await board.handle('db').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('F2')
  await page.keyboard.type('sql')
  await page.keyboard.press('Enter')
  await board.card('sql').waitFor()
  await board.snapshots(5)
  expect(await board.metric(board.lane('platinum'), 'bucket-level')).toBeGreaterThan(level)

  await board.dockTab('Events').click()
  const events = page.getByRole('list', { name: 'Events' })
  await expect(events).toContainText('group gold renamed platinum')
  await expect(events).toContainText('db renamed sql')
  await expect(events).not.toContainText(/added|removed/)
})
