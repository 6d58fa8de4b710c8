import type { ElectronApplication, Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { EXAMPLE, expect, type RunningWeir, test } from './weir-app.ts'

// The smallest window and the largest zoom, and a large window: every control can be pressed where it stands, nothing lies
// above another, and what is cut says itself in full by a tooltip.

interface Size {
  readonly width: number
  readonly height: number
  readonly zoom: number
}

const SIZES: readonly Size[] = [
  { width: 1024, height: 640, zoom: 1 },
  { width: 1024, height: 640, zoom: 1.5 },
  { width: 1600, height: 1000, zoom: 1 },
]

async function setSize(app: ElectronApplication, page: Page, size: Size): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height, zoom }) => {
    const [window] = BrowserWindow.getAllWindows()
    window?.setContentSize(width, height)
    window?.webContents.setZoomFactor(zoom)
  }, size)
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(Math.round(size.width / size.zoom))
}

/** Controls of toolbar and dock that cannot be pressed in their middle, and texts that are cut without a tooltip. */
function findFaults(): readonly string[] {
  const faults: string[] = []
  const nameOf = (element: Element) =>
    element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? element.tagName
  const controls = document.querySelectorAll(
    'header :is(button, [role=radio]), [aria-label=Dock] :is(button, [role=tab], [role=combobox], [role=radio])',
  )
  for (const control of controls) {
    const { left, right, top, bottom } = control.getBoundingClientRect()
    if (left === right || control.closest('li, article, aside, main, [hidden]') !== null) continue
    if (left < 0 || right > innerWidth || bottom > innerHeight) faults.push(`${nameOf(control)} leaves the window`)
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    const isOwn = control.contains(hit) || hit?.closest('label')?.contains(control) || hit?.contains(control)
    if (!isOwn) faults.push(`${nameOf(control)} lies below ${hit === null ? 'nothing' : nameOf(hit)}`)
  }
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    if (getComputedStyle(element).textOverflow !== 'ellipsis' || element.scrollWidth <= element.clientWidth) continue
    if (element.closest('[title], [aria-hidden=true]') === null) faults.push(`${nameOf(element)} is cut`)
  }
  const items = [...document.querySelectorAll('[aria-label="Figures over the span"] > li')]
  for (const [index, item] of items.entries()) {
    const next = items[index + 1]
    const [box, after] = [item.getBoundingClientRect(), next?.getBoundingClientRect()]
    // The legend may go on in a second line.
    const isOver = after !== undefined && after.top < box.bottom && after.left < box.right
    if (isOver) faults.push(`${nameOf(item)} runs into the next`)
    if (!item.hasAttribute('title')) faults.push(`${nameOf(item)} has no tooltip`)
  }
  return faults
}

async function expectSound({ page, board }: RunningWeir): Promise<void> {
  for (const tab of ['QMP tape', 'Events', 'Timeline'] as const) {
    await board.dockTab(tab).click()
    await page.waitForTimeout(300)
    expect.soft(await page.evaluate(findFaults), tab).toEqual([])
  }
  await expect(page.getByRole('list', { name: 'Figures over the span' }).getByRole('listitem').first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Find' })).toBeInViewport({ ratio: 1 })
  await expect(board.button('Export')).toBeInViewport({ ratio: 1 })
}

for (const size of SIZES) {
  const { width, height, zoom } = size
  test(`at ${width} × ${height} and ${zoom * 100} % nothing overlaps or is cut unsaid`, async ({ launch }) => {
    test.setTimeout(120_000) // every view in both themes, beside another window
    const weir = await launch({ files: [EXAMPLE], run: true })
    const { app, page, board } = weir
    await board.shown()
    await board.snapshots(20)
    await setSize(app, page, size)
    for (const theme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: theme })
      await expectSound(weir)
      await expectAccessible(page)
    }
    const card = board.card('db-primary')
    await card.scrollIntoViewIfNeeded()
    await expect(card).toBeInViewport({ ratio: 0.5 })
    await board.dockTab('QMP tape').click()
    await page.getByRole('radio', { name: 'Live QEMU' }).click()
    await page.getByRole('button', { name: 'Connect to a VM…' }).click({ trial: true })
    expect.soft(await page.evaluate(findFaults), 'Live QEMU').toEqual([])
    await page.getByRole('radio', { name: 'Predict' }).click()
    await page.waitForTimeout(300)
    expect.soft(await page.evaluate(findFaults), 'Predict').toEqual([])
  })
}
