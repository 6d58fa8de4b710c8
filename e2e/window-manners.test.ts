import fs from 'node:fs'
import path from 'node:path'
import { answerOpenDialog } from './native-dialogs.ts'
import { EXAMPLE, expect, test } from './weir-app.ts'

// What a window owes whoever works in it: one Escape closes one thing, an error goes with its cause, the focus stays.

test('one Escape closes a dialog, wherever the focus stands in it', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  for (const [keys, name] of [
    ['Control+/', 'Keyboard shortcuts'],
    ['Control+,', 'Settings'],
  ] as const) {
    await page.keyboard.press(keys)
    const dialog = page.getByRole('dialog', { name })
    await expect(dialog).toBeVisible()
    await dialog.getByRole('button', { name: 'Close' }).focus()
    await page.waitForTimeout(700) // its tooltip opens
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  }
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('examples')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Examples' })).toBeVisible()
  await page.waitForTimeout(700)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Examples' })).toBeHidden()
})

test('the focus stays with a card that Undo moves back', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const handle = page.locator('[data-device] button[aria-label^="Move "]').first()
  const name = (await handle.getAttribute('aria-label')) ?? ''
  await handle.focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name, exact: true })).toBeFocused()
  await page.keyboard.press('Control+z')
  await page.waitForTimeout(300)
  await expect(page.getByRole('button', { name, exact: true })).toBeFocused()
})

test('a file that is not right is told with the place, until one that is opens', async ({ launch, folder }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const wrong = path.join(folder, 'wrong.weir.json')
  fs.writeFileSync(
    wrong,
    JSON.stringify({ format: 'weir-workspace/1', groups: { gold: { 'iops-total': -5 } }, devices: [] }),
  )
  await answerOpenDialog(app, wrong)
  await page.keyboard.press('Control+o')
  const told = page.getByRole('region', { name: 'Messages' }).getByText(/groups\.gold\.iops-total: /)
  await expect(told).toBeVisible()
  const right = path.join(folder, 'right.weir.json')
  fs.writeFileSync(
    right,
    JSON.stringify({ format: 'weir-workspace/1', groups: { gold: { 'iops-total': 5 } }, devices: [] }),
  )
  await answerOpenDialog(app, right)
  await page.keyboard.press('Control+o')
  await expect(board.lane('gold')).toBeVisible()
  await expect(told).toBeHidden()
})

test('what was wrong with a text goes when the value is changed elsewhere', async ({ launch, folder }) => {
  const file = path.join(folder, 'one.weir.json')
  fs.writeFileSync(
    file,
    JSON.stringify({ format: 'weir-workspace/1', groups: { gold: { 'iops-total': 500 } }, devices: [] }),
  )
  const { page, board } = await launch({ files: [file] })
  await board.shown()
  const field = board.field('IOPS limit')
  await field.fill('0.5')
  await page.keyboard.press('Enter')
  await expect(page.getByText('0.5 is not a whole number: use 1')).toBeVisible()
  await board.slider('IOPS limit').focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByText('0.5 is not a whole number: use 1')).toBeHidden()
  await expect(field).not.toHaveValue('0.5')
})

test('a long name of a group leaves the fields in the panel', async ({ launch, folder }) => {
  const name = `group-${'x'.repeat(73)}`
  const file = path.join(folder, 'long.weir.json')
  fs.writeFileSync(
    file,
    JSON.stringify({ format: 'weir-workspace/1', groups: { [name]: { 'iops-total': 500 } }, devices: [] }),
  )
  const { page, board } = await launch({ files: [file] })
  await board.shown()
  const panel = await board.limits(name).boundingBox()
  const field = await board.field('IOPS limit').boundingBox()
  const width = await page.evaluate(() => innerWidth)
  expect((field?.x ?? 0) + (field?.width ?? 0)).toBeLessThanOrEqual((panel?.x ?? 0) + (panel?.width ?? 0))
  expect((panel?.x ?? 0) + (panel?.width ?? 0)).toBeLessThanOrEqual(width)
})
