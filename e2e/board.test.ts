import type { Locator, Page } from '@playwright/test'
import type { BoardPage } from './board-page.ts'
import { writeBoard, writeSmallBoard } from './board-workspace.ts'
import { expect, test } from './weir-app.ts'

// Every verb of the board, by mouse and by keyboard.

/** The ids of the cards of a lane, in their order. */
async function cardsOf(lane: Locator): Promise<readonly string[]> {
  return lane.getByRole('article').evaluateAll((cards) =>
    cards
      .map((card) => ({ id: card.getAttribute('aria-label') ?? '', box: card.getBoundingClientRect() }))
      .sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left)
      .map((card) => card.id),
  )
}

async function expectCards(lane: Locator, ids: readonly string[]): Promise<void> {
  await expect.poll(() => cardsOf(lane)).toEqual(ids)
}

/** The names of the lanes from top to bottom. */
async function lanesOf(page: Page): Promise<readonly string[]> {
  return page
    .getByRole('region', { name: /^Throttle group / })
    .evaluateAll((lanes) =>
      lanes
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((lane) => (lane.getAttribute('aria-label') ?? '').replace('Throttle group ', '')),
    )
}

function said(page: Page): Locator {
  return page.getByRole('status').filter({ hasText: /./ }).first()
}

async function pickFromMenu(page: Page, on: Locator, ...entries: readonly string[]): Promise<void> {
  await on.click({ button: 'right' })
  for (const [index, entry] of entries.entries()) {
    const item = page.getByRole('menuitem', { name: entry, exact: false }).first()
    if (index < entries.length - 1) await item.hover()
    await item.click()
  }
}

/** Presses on the card and moves the pointer to the middle of `target`, without letting go. */
async function holdOver(page: Page, card: Locator, target: Locator, at = { x: 0.5, y: 0.5 }): Promise<void> {
  const from = await card.boundingBox()
  const to = await target.boundingBox()
  if (!from || !to) throw new Error('the card or its target is not on the screen')
  await page.mouse.move(from.x + 80, from.y + 60)
  await page.mouse.down()
  await page.mouse.move(from.x + 92, from.y + 70, { steps: 4 })
  await page.mouse.move(to.x + to.width * at.x, to.y + to.height * at.y, { steps: 10 })
}

test.describe('by mouse', () => {
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

  test('a card dropped on the empty lane starts a group whose name is ready to be typed', async ({
    launch,
    folder,
  }) => {
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
    await expect(page.getByRole('alert')).toHaveText('There is a group bulk already.')
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
    await page.getByRole('menuitem', { name: /Remove/ }).click()
    await expect(board.card('archive')).toBeHidden()
    await expectCards(board.freeLane, ['scratch'])
  })
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

test.describe('by keyboard', () => {
  test('Space picks a card up, arrows choose lane and place, Space drops it, each step is said', async ({
    launch,
    folder,
  }) => {
    const { board, page } = await launch({ files: [writeSmallBoard(folder)] })
    await board.shown()
    await board.handle('mail').focus()
    await page.keyboard.press('Space')
    await expect(said(page)).toContainText('Picked up mail from gold.')
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
})

test('a running lab shows tokens, timers, queues and buckets', async ({ launch, folder }) => {
  const { board, pageErrors } = await launch({ files: [writeSmallBoard(folder, 'busy')], run: true })
  await board.shown()
  await board.snapshots(15)
  const gold = board.lane('gold')
  expect(['db', 'web', 'mail']).toContain(await board.metricText(gold, 'token'))
  expect(await board.metric(gold, 'queued')).toBeGreaterThan(0)
  expect(await board.metric(gold, 'bucket-level')).toBeGreaterThan(0)
  expect(await board.metric(board.card('db'), 'wait-p99-ns')).toBeGreaterThan(1e6)
  expect(await board.meanMetric(gold, 'iops', 20)).toBeGreaterThan(200)
  expect(await board.meanMetric(gold, 'iops', 20)).toBeLessThan(400)
  await expect(gold.getByRole('img', { name: /Ring of 3/ })).toBeVisible()
  await expect(board.card('db').getByText('slowed')).toBeVisible()
  expect(pageErrors).toEqual([])
})

test('the tokens hop from member to member', async ({ launch, folder }) => {
  const { board } = await launch({ files: [writeSmallBoard(folder, 'busy')], run: true })
  await board.shown()
  const holders = new Set<string>()
  await expect
    .poll(async () => {
      holders.add(await board.metricText(board.lane('gold'), 'token'))
      return holders.size
    })
    .toBeGreaterThanOrEqual(3)
})

test('an empty workspace says what to do, and does it', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeBoard(folder, { lanes: {} })] })
  await expect(page.getByText('An empty workspace')).toBeVisible()
  await page.getByRole('button', { name: 'New group', exact: true }).click()
  await page.keyboard.type('gold')
  await page.keyboard.press('Enter')
  await expect(board.lane('gold')).toBeVisible()
  await page.getByRole('button', { name: 'Add device to gold' }).first().click()
  await expectCards(board.lane('gold'), ['disk'])
})

test('of 1 000 devices only what is in sight is drawn, and all can be reached', async ({ launch, folder }) => {
  const { board, page } = await launch({ files: [writeLargeBoard(folder)] })
  await board.shown()
  expect(await page.getByRole('article').count()).toBeLessThan(60)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find' }).fill('disk-199-4')
  await page.keyboard.press('Enter')
  await expect(board.handle('disk-199-4')).toBeFocused()
  await expect(board.card('disk-199-4')).toBeInViewport()
  await page.keyboard.press('Space')
  for (let lane = 0; lane < 3; lane += 1) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Space')
  await expect(board.lane('group-196').getByRole('article', { name: 'disk-199-4' })).toBeInViewport()
})

function writeLargeBoard(folder: string): string {
  const lanes = Object.fromEntries(
    Array.from({ length: 200 }, (_, group) => [
      `group-${group}`,
      { limits: { 'iops-total': 100 }, devices: Array.from({ length: 5 }, (_, disk) => `disk-${group}-${disk}`) },
    ]),
  )
  return writeBoard(folder, { lanes })
}

/** Escapes a board test that would pass on a board that never drew anything. */
test('the board shows what the workspace says', async ({ launch, folder }) => {
  const { board, page }: { board: BoardPage; page: Page } = await launch({ files: [writeSmallBoard(folder)] })
  await board.shown()
  expect(await lanesOf(page)).toEqual(['gold', 'bulk'])
  await expectCards(board.lane('gold'), ['db', 'web', 'mail'])
  await expectCards(board.lane('bulk'), ['backup'])
  await expectCards(board.freeLane, ['scratch'])
})
