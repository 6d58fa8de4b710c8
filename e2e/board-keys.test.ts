import { expectCards, lanesOf, said } from './board-verbs.ts'
import { writeSmallBoard } from './board-workspace.ts'
import { expect, test } from './weir-app.ts'

// Every verb of the board by keyboard.

test('Space picks a card up, arrows choose lane and place, Space drops it, each step is said', async ({
  launch,
  folder,
}) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await board.handle('mail').focus()
  await page.keyboard.down('Space')
  await expect(said(page)).toContainText('Picked up mail from gold.')
  await page.keyboard.down('Space') // it is held, and repeats itself
  await page.keyboard.up('Space')
  await page.keyboard.press('ArrowDown')
  await expect(said(page)).toHaveText('Over bulk, 1 device, place 2.')
  await page.keyboard.press('ArrowLeft')
  await expect(said(page)).toHaveText('Over bulk, 1 device, place 1.')
  await page.keyboard.press('ArrowDown')
  await expect(said(page)).toHaveText('Over Not throttled, 1 device, place 2.')
  await page.keyboard.press('ArrowDown')
  await expect(said(page)).toHaveText('Over a new group.')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Home')
  await page.keyboard.press('Space')
  await expect(said(page)).toHaveText('mail moved to bulk.')
  await expectCards(board.lane('bulk'), ['mail', 'backup'])
  await expect(board.handle('mail')).toBeFocused()
})

test('Escape and Tab cancel, and the focus stays', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  for (const key of ['Escape', 'Tab']) {
    await board.handle('web').focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press(key)
    await expect(said(page)).toHaveText('Cancelled. web is where it was.')
    await expect(board.handle('web')).toBeFocused()
  }
  await expectCards(board.lane('gold'), ['db', 'web', 'mail'])
  await expect(board.button('Undo')).toBeDisabled()
})

test('several cards chosen with Shift and arrows move together to a new group', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await board.handle('db').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(board.handle('web')).toBeFocused()
  await page.keyboard.press('Space')
  await expect(said(page)).toContainText('Picked up 2 devices from gold.')
  for (let lane = 0; lane < 3; lane += 1) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await page.keyboard.type('silver')
  await page.keyboard.press('Enter')
  await expectCards(board.lane('silver'), ['db', 'web'])
})

test('arrows walk from card to card and lane to lane', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await board.handle('db').focus()
  for (const [key, id] of [
    ['ArrowRight', 'web'],
    ['ArrowDown', 'backup'],
    ['ArrowDown', 'scratch'],
    ['ArrowUp', 'backup'],
    ['ArrowLeft', 'mail'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(board.handle(id)).toBeFocused()
  }
})

test('F2 renames, Ctrl D duplicates, Delete removes, Ctrl Z and Ctrl Shift Z go back and forth', async ({
  launch,
  folder,
}) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await board.handle('backup').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('F2')
  await page.keyboard.type('tape')
  await page.keyboard.press('Enter')
  await expectCards(board.lane('bulk'), ['tape'])
  await board.handle('tape').focus()
  await page.keyboard.press('Control+d')
  await expectCards(board.lane('bulk'), ['tape', 'tape-2'])
  await board.handle('tape').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Delete')
  await expectCards(board.lane('bulk'), ['tape-2'])
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('Control+z')
  await expectCards(board.lane('bulk'), ['backup'])
  await page.keyboard.press('Control+Shift+z')
  await expectCards(board.lane('bulk'), ['tape'])
})

test('groups: Ctrl G makes one, F2 renames, Alt arrows move, Delete deletes', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await page.keyboard.press('Control+g')
  await page.keyboard.type('silver')
  await page.keyboard.press('Enter')
  const name = board.lane('silver').getByRole('button', { name: 'silver', exact: true })
  await name.focus()
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(() => lanesOf(page)).toEqual(['gold', 'silver', 'bulk'])
  await expect(name).toBeFocused()
  await page.keyboard.press('F2')
  await page.keyboard.type('bronze')
  await page.keyboard.press('Enter')
  await expect(board.lane('bronze')).toBeVisible()
  await board.lane('bronze').getByRole('button', { name: 'bronze', exact: true }).focus()
  await page.keyboard.press('Delete')
  await expect(board.lane('bronze')).toBeHidden()
})

test('Ctrl A selects all devices, Escape none', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await board.handle('db').focus()
  await page.keyboard.press('Control+a')
  await expect(page.locator('article[data-selected]')).toHaveCount(5)
  await page.keyboard.press('Escape')
  await expect(page.locator('article[data-selected]')).toHaveCount(0)
})

test('Ctrl K finds a device by a few letters and does commands by their names', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find' }).fill('bck')
  await page.keyboard.press('Enter')
  await expect(board.handle('backup')).toBeFocused()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find' }).fill('move backup gold')
  await page.keyboard.press('Enter')
  await expectCards(board.lane('gold'), ['db', 'web', 'mail', 'backup'])
  await page.keyboard.press('Control+k')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('combobox', { name: 'Find' })).toBeHidden()
})
