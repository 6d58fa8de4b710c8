import { expect, type Locator, type Page } from '@playwright/test'

// What a user does on the board and reads from it, in more than one step.

/** The ids of the cards of a lane, in their order. */
export async function cardsOf(lane: Locator): Promise<readonly string[]> {
  return lane.getByRole('article').evaluateAll((cards) =>
    cards
      .map((card) => ({ id: card.getAttribute('aria-label') ?? '', box: card.getBoundingClientRect() }))
      .sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left)
      .map((card) => card.id),
  )
}

export async function expectCards(lane: Locator, ids: readonly string[]): Promise<void> {
  await expect.poll(() => cardsOf(lane)).toEqual(ids)
}

/** The names of the lanes from top to bottom. */
export async function lanesOf(page: Page): Promise<readonly string[]> {
  return page
    .getByRole('region', { name: /^Throttle group / })
    .evaluateAll((lanes) =>
      lanes
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((lane) => (lane.getAttribute('aria-label') ?? '').replace('Throttle group ', '')),
    )
}

export function said(page: Page): Locator {
  return page.getByRole('status').filter({ hasText: /./ }).first()
}

export async function pickFromMenu(page: Page, on: Locator, ...entries: readonly string[]): Promise<void> {
  await on.click({ button: 'right' })
  for (const [index, entry] of entries.entries()) {
    const item = page.getByRole('menuitem', { name: entry, exact: false }).first()
    if (index < entries.length - 1) await item.hover()
    await item.click()
  }
}

/** Presses on the card and moves the pointer to the middle of `target`, without letting go. */
export async function holdOver(page: Page, card: Locator, target: Locator, at = { x: 0.5, y: 0.5 }): Promise<void> {
  const from = await card.boundingBox()
  const to = await target.boundingBox()
  if (!from || !to) throw new Error('the card or its target is not on the screen')
  await page.mouse.move(from.x + 80, from.y + 60)
  await page.mouse.down()
  await page.mouse.move(from.x + 92, from.y + 70, { steps: 4 })
  await page.mouse.move(to.x + to.width * at.x, to.y + to.height * at.y, { steps: 10 })
}
