import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { writeBoard, writeSmallBoard } from './board-workspace.ts'
import { expect, test } from './weir-app.ts'

// axe finds nothing serious on the board, whatever stands on it or is open above it.

async function setTheme(page: Page, theme: 'dark' | 'light'): Promise<void> {
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name
  }, theme)
}

for (const theme of ['dark', 'light'] as const) {
  test(`the running board is accessible in the ${theme} theme`, async ({ launch, folder }) => {
    const { board, page } = await launch({ files: [writeSmallBoard(folder, 'busy')], run: true })
    await board.shown()
    await setTheme(page, theme)
    await board.snapshots(10)
    await expectAccessible(page)
    await board.card('db').click()
    await page.getByRole('button', { name: 'Collapse bulk' }).click()
    await expectAccessible(page)
  })
}

test('menus, palette, renaming and a drag by keys are accessible', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await page.getByRole('button', { name: 'Menu of db', exact: true }).click()
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await expect(page.getByRole('menu')).toHaveCount(0) // one that fades out keeps what holds the focus inside it
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Find' })).toBeFocused()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await board.handle('web').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowDown')
  await expectAccessible(page)
})

test('an empty board and an empty group are accessible', async ({ launch, folder }) => {
  const { page } = await launch({ files: [writeBoard(folder, { lanes: {} })] })
  await expect(page.getByText('An empty workspace')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'New group', exact: true }).click()
  await page.keyboard.press('Enter')
  await expectAccessible(page)
})
