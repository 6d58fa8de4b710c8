import fs from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { answerSaveDialog } from './native-dialogs.ts'
import { EXAMPLE, expect, type RunningWeir, test } from './weir-app.ts'

// Messages take room of their own: whatever view or dialog is in front, none of its controls may lie below one, and those
// of its foot must not move away under the pointer.

const SIZES = [
  { width: 1024, height: 640, zoom: 1 },
  { width: 1024, height: 640, zoom: 1.5 },
  { width: 1440, height: 900, zoom: 1 },
]

const DIALOGS = ['export', 'import', 'connect', 'settings', 'about', 'examples', 'shortcuts'] as const

const PROBLEM = { message: 'The trace could not be opened.', advice: 'It has gone, or another program holds it.' }

/** As the main process tells the window, by its one channel for that. */
async function push({ app }: RunningWeir, channel: 'problem' | 'menu', payload: unknown): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, { name, args }) => BrowserWindow.getAllWindows()[0]?.webContents.send(name, ...args),
    { name: 'weir/push', args: [channel, JSON.stringify(payload)] },
  )
}

async function setSize({ app, page }: RunningWeir, size: (typeof SIZES)[number]): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height, zoom }) => {
    const [window] = BrowserWindow.getAllWindows()
    window?.setContentSize(width, height)
    window?.webContents.setZoomFactor(zoom)
  }, size)
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(Math.round(size.width / size.zoom))
}

function messages(page: Page) {
  return page.getByRole('region', { name: 'Messages' })
}

/** Controls of which a part that is seen lies below a message, and buttons of messages and feet that are not seen whole. */
function findFaults(): readonly string[] {
  const faults: string[] = []
  const region = document.querySelector('[aria-label=Messages]')
  const nameOf = (element: Element) => element.getAttribute('aria-label') ?? element.textContent?.slice(0, 40) ?? ''
  const seenOf = (element: Element) => {
    let { left, right, top, bottom } = element.getBoundingClientRect()
    for (let frame = element.parentElement; frame !== null; frame = frame.parentElement) {
      if (getComputedStyle(frame).overflow === 'visible') continue
      const box = frame.getBoundingClientRect()
      left = Math.max(left, box.left)
      right = Math.min(right, box.right)
      top = Math.max(top, box.top)
      bottom = Math.min(bottom, box.bottom)
    }
    return { left, right, top, bottom }
  }
  const toasts = [...(region?.children ?? [])].map(seenOf)
  const front = document.querySelector('[role=dialog]') ?? document.body
  for (const control of front.querySelectorAll('button, input, textarea, [role=radio], [role=tab], [role=combobox]')) {
    if (region?.contains(control)) continue
    const seen = seenOf(control)
    if (seen.right - seen.left < 1 || seen.bottom - seen.top < 1) continue
    const isBelow = toasts.some(
      (toast) =>
        toast.left < seen.right && toast.right > seen.left && toast.top < seen.bottom && toast.bottom > seen.top,
    )
    if (isBelow) faults.push(`${nameOf(control)} lies below a message`)
  }
  for (const button of region?.querySelectorAll('button') ?? []) {
    const { left, top, width, height } = button.getBoundingClientRect()
    const hit = document.elementFromPoint(left + width / 2, top + height / 2)
    if (!button.contains(hit)) faults.push('a message cannot be dismissed')
  }
  return faults
}

for (const size of SIZES) {
  const { width, height, zoom } = size
  test(`at ${width} × ${height} and ${zoom * 100} % no message lies over a control`, async ({ launch }) => {
    const weir = await launch({ files: [EXAMPLE] })
    const { page, board } = weir
    await board.shown()
    await setSize(weir, size)
    await push(weir, 'problem', PROBLEM)
    await expect(messages(page)).toContainText(PROBLEM.advice)
    for (const tab of ['QMP tape', 'Events', 'Timeline'] as const) {
      await board.dockTab(tab).click()
      expect.soft(await page.evaluate(findFaults), tab).toEqual([])
    }
    if (zoom === 1) await expect(board.lane('gold')).toBeInViewport({ ratio: 0.3 })
    for (const mode of ['Live QEMU', 'Predict', 'Lab']) {
      await page.getByRole('radio', { name: mode, exact: true }).click()
      expect.soft(await page.evaluate(findFaults), mode).toEqual([])
    }
    for (const name of DIALOGS) {
      await push(weir, 'menu', name)
      const dialog = page.getByRole('dialog')
      await expect(dialog).toBeVisible()
      // What was told before goes to the front with the dialog, and what is told now comes there too.
      await expect(dialog.getByRole('region', { name: 'Messages' })).toContainText(PROBLEM.message)
      await page.waitForTimeout(250)
      expect.soft(await page.evaluate(findFaults), name).toEqual([])
      if (name === 'export') await expect(dialog.getByRole('button', { name: 'Copy' })).toBeInViewport({ ratio: 1 })
      await dialog.getByRole('button', { name: 'Close', exact: true }).click()
      await expect(dialog).toBeHidden()
    }
    await expectAccessible(page)
    await messages(page).getByRole('button', { name: 'Dismiss' }).click()
    await expect(messages(page)).not.toContainText(PROBLEM.message)
  })
}

test('messages come and go while the buttons of Export stay where they are, and the dialog stays open', async ({
  launch,
  folder,
}) => {
  const weir = await launch({ files: [EXAMPLE] })
  const { app, page, board } = weir
  await board.shown()
  await setSize(weir, { width: 1024, height: 640, zoom: 1 })
  const file = path.join(folder, 'out.json')
  await answerSaveDialog(app, file)
  await board.button('Export').click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  const save = dialog.getByRole('button', { name: 'Save as…' })
  const places = async () => [
    await save.boundingBox(),
    await dialog.getByRole('button', { name: 'Copy' }).boundingBox(),
  ]
  await page.waitForTimeout(250)
  const before = await places()
  await save.click()
  await expect(messages(page)).toContainText('Saved out.json.')
  for (let count = 0; count < 6; count += 1) await push(weir, 'problem', PROBLEM)
  await expect(messages(page).getByRole('button', { name: 'Dismiss' })).toHaveCount(5)
  expect(await places()).toEqual(before)
  expect(await page.evaluate(() => document.querySelectorAll('[aria-label=Messages]').length)).toBe(1)
  fs.rmSync(file)
  await save.click()
  await expect.poll(() => fs.existsSync(file)).toBe(true)
  await expectAccessible(page)
  while ((await messages(page).getByRole('button').count()) > 0)
    await messages(page).getByRole('button').first().click()
  await expect(dialog).toBeVisible()
  expect(await places()).toEqual(before)
})
