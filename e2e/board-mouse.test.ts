import { cardsOf, expectCards, holdOver, lanesOf, pickFromMenu } from './board-verbs.ts'
import { writeSmallBoard } from './board-workspace.ts'
import { expect, test } from './weir-app.ts'

// Every verb of the board by mouse, and the drag by finger.

test('a card dragged to another lane moves there in one step that Undo takes back', async ({ launch, folder }) => {
  const { board } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await board.drag('web', board.lane('bulk'))
  await expectCards(board.lane('gold'), ['db', 'mail'])
  await expect(board.lane('bulk').getByRole('article')).toHaveCount(2)
  await board.button('Undo').click()
  await expectCards(board.lane('gold'), ['db', 'web', 'mail'])
  await expect(board.button('Undo')).toBeDisabled()
  await board.button('Redo').click()
  await expectCards(board.lane('gold'), ['db', 'mail'])
})

test('Escape lets a held card go where it was', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await holdOver(page, board.card('web'), board.lane('bulk'))
  await expect(board.lane('bulk')).toHaveAttribute('data-target', 'true')
  await page.keyboard.press('Escape')
  await expect(board.lane('bulk')).not.toHaveAttribute('data-target')
  await page.mouse.up()
  await expectCards(board.lane('gold'), ['db', 'web', 'mail'])
  await expect(board.button('Undo')).toBeDisabled()
})

test('a card dropped beside every lane stays', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await holdOver(page, board.card('web'), page.getByRole('complementary').first())
  await page.mouse.up()
  await expectCards(board.lane('gold'), ['db', 'web', 'mail'])
})

test('a card takes another place inside its lane', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await holdOver(page, board.card('mail'), board.card('db'), { x: 0.2, y: 0.5 })
  await page.mouse.up()
  await expectCards(board.lane('gold'), ['mail', 'db', 'web'])
})

test('several selected cards move together', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await board.card('db').click()
  await board.card('mail').click({ modifiers: ['Control'] })
  await holdOver(page, board.card('mail'), board.freeLane, { x: 0.9, y: 0.5 })
  await page.mouse.up()
  await expectCards(board.lane('gold'), ['web'])
  await expectCards(board.freeLane, ['scratch', 'db', 'mail'])
})

test('Shift selects all cards in between', async ({ launch, folder }) => {
  const { board } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await board.card('db').click()
  await board.card('backup').click({ modifiers: ['Shift'] })
  for (const id of ['db', 'web', 'mail', 'backup']) {
    await expect(board.handle(id)).toHaveAttribute('aria-pressed', 'true')
  }
  await expect(board.handle('scratch')).toHaveAttribute('aria-pressed', 'false')
})

test('a card dropped on the empty lane starts a group whose name is ready to be typed', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  const zone = page.getByRole('button', { name: /throttle group/i }).filter({ hasText: 'drop a device' })
  await zone.scrollIntoViewIfNeeded()
  await holdOver(page, board.card('scratch'), zone)
  await page.mouse.up()
  await page.keyboard.type('silver')
  await page.keyboard.press('Enter')
  await expectCards(board.lane('silver'), ['scratch'])
})

test('a lane dragged by its head takes another place', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  const from = await board.lane('bulk').boundingBox()
  const to = await board.lane('gold').boundingBox()
  if (!from || !to) throw new Error('both lanes are on the screen')
  await page.mouse.move(from.x + 120, from.y + from.height - 20)
  await page.mouse.down()
  await page.mouse.move(from.x + 130, from.y + from.height - 40, { steps: 4 })
  await page.mouse.move(to.x + 130, to.y + 20, { steps: 8 })
  await page.mouse.up()
  await expect.poll(() => lanesOf(page)).toEqual(['bulk', 'gold'])
})

test('groups: new, rename, duplicate, collapse, move, delete', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await page.getByRole('button', { name: /drop a device here/ }).click()
  await page.keyboard.type('silver')
  await page.keyboard.press('Enter')
  await expect(board.lane('silver')).toBeVisible()

  await pickFromMenu(page, board.lane('gold').getByRole('heading', { name: 'gold' }), 'Duplicate')
  await expect(board.lane('gold-2')).toBeVisible()
  expect(await lanesOf(page)).toEqual(['gold', 'gold-2', 'bulk', 'silver'])

  await pickFromMenu(page, board.lane('gold-2').getByRole('heading', { name: 'gold-2' }), 'Move down')
  await expect.poll(() => lanesOf(page)).toEqual(['gold', 'bulk', 'gold-2', 'silver'])

  await board.lane('gold').getByRole('button', { name: 'gold', exact: true }).dblclick()
  await page.keyboard.type('bulk')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('A group named bulk already exists.')
  await page.getByRole('textbox', { name: 'Name of group gold' }).fill('platinum')
  await page.keyboard.press('Enter')
  await expectCards(board.lane('platinum'), ['db', 'web', 'mail'])

  await page.getByRole('button', { name: 'Collapse platinum' }).click()
  await expect(board.card('db')).toBeHidden()
  await page.getByRole('button', { name: 'Expand platinum' }).click()
  await expect(board.card('db')).toBeVisible()

  await page.getByRole('button', { name: 'Menu of group platinum' }).click()
  await page.getByRole('menuitem', { name: /Delete group/ }).click()
  await expect(board.lane('platinum')).toBeHidden()
  await expect.poll(() => cardsOf(board.freeLane)).toEqual(['db', 'web', 'mail', 'scratch'])
})

test('devices: add, rename, duplicate, move by menu, remove', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  await page.getByRole('button', { name: 'Add device to bulk' }).click()
  await expectCards(board.lane('bulk'), ['backup', 'disk'])
  await expect(page.getByRole('complementary', { name: /disk/ })).toBeVisible()

  await page.getByRole('heading', { name: 'disk', exact: true, level: 3 }).dblclick()
  await page.keyboard.type('archive')
  await page.keyboard.press('Enter')
  await expectCards(board.lane('bulk'), ['backup', 'archive'])

  await pickFromMenu(page, board.card('archive'), 'Duplicate')
  await expectCards(board.lane('bulk'), ['backup', 'archive', 'archive-2'])

  await pickFromMenu(page, board.card('archive'), 'Move to', 'gold')
  await expectCards(board.lane('gold'), ['db', 'web', 'mail', 'archive'])

  await pickFromMenu(page, board.card('archive'), 'Take')
  await expectCards(board.freeLane, ['scratch', 'archive'])

  await page.getByRole('button', { name: 'Menu of archive', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Remove', exact: true }).click()
  await expect(board.card('archive')).toBeHidden()
  await expectCards(board.freeLane, ['scratch'])
})

test('a card dragged by finger moves to another lane', async ({ launch, folder }) => {
  const { app, board, page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  const from = await board.card('web').boundingBox()
  const to = await board.lane('bulk').boundingBox()
  if (!from || !to) throw new Error('card and lane are on the screen')
  const session = await app.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] })
  await touch('touchStart', from.x + 80, from.y + 60)
  // A finger that moves at once scrolls; one that rests picks up.
  await expect
    .poll(async () => {
      await touch('touchMove', from.x + 80, from.y + 61)
      return page.locator('[data-moving]').count()
    })
    .toBeGreaterThan(0)
  for (let step = 1; step <= 10; step += 1) {
    await touch('touchMove', from.x + 80, from.y + 60 + ((to.y + 80 - from.y - 60) * step) / 10)
  }
  await expect(board.lane('bulk')).toHaveAttribute('data-target', 'true')
  await touch('touchEnd', 0, 0)
  await expect(board.lane('bulk').getByRole('article', { name: 'web' })).toBeVisible()
})
