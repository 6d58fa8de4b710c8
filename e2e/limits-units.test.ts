import { expectAccessible } from './axe.ts'
import { writeSmallBoard } from './board-workspace.ts'
import { expect, test } from './weir-app.ts'

// A bandwidth typed without its unit.

test('a bare number is bytes a second, says so, and becomes what was meant by one press', async ({
  launch,
  folder,
}) => {
  const { page, board } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  const field = board.field('Bandwidth limit')
  const offer = page.getByRole('button', { name: 'Bandwidth limit: 64 MiB/s', exact: true })
  await board.lane('bulk').getByRole('button', { name: 'bulk', exact: true }).click()
  await expect(field).toHaveValue('10 MiB/s')
  await expect(offer).toHaveCount(0)
  await field.fill('64')
  await field.press('Enter')
  await expect(field).toHaveValue('64 B/s')
  const panel = board.limits('bulk')
  await expect(panel).toContainText('Without its unit a number is bytes: 64 B/s. Did you mean 64 MiB/s?')
  await expectAccessible(page)
  await offer.focus()
  await page.keyboard.press('Enter')
  await expect(field).toHaveValue('64 MiB/s')
  await expect(panel).not.toContainText('Did you mean')
  await board.button('Undo').click()
  await expect(field).toHaveValue('64 B/s')
})
