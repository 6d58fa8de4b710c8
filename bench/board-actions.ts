import type { Page } from '@playwright/test'

// What a user does with the board, for `npm run window-board`. The board has groups `group-0`, `group-1`, … of devices `group-0-disk-0`, ….

export interface Action {
  /** Comes before the measurement. */
  readonly prepare?: (page: Page) => Promise<void>
  readonly act: (page: Page) => Promise<void>
}

export const ACTIONS: Readonly<Record<string, Action>> = {
  running: { act: (page) => page.waitForTimeout(4000) },
  'a slider dragged': { prepare: selectFirstGroup, act: dragSlider },
  'a slider by keys': { prepare: (page) => slider(page).focus(), act: pressKeys },
  'picking up': { act: pickUpSome },
  dragging: { prepare: (page) => pickUp(page), act: dragCard },
  scrolling: { prepare: pointAtBoard, act: scroll },
}

const slider = (page: Page) => page.getByRole('slider', { name: 'IOPS limit', exact: true })

async function selectFirstGroup(page: Page): Promise<void> {
  const { x, y } = await centerOf(page, '[data-lane="group-0"] [data-lane-name]')
  await page.mouse.click(x, y)
}

async function dragSlider(page: Page): Promise<void> {
  const box = await slider(page).locator('xpath=ancestor::*[@data-tone][1]').boundingBox()
  if (!box) throw new Error('the slider is not on the screen')
  const [middle, half, y] = [box.x + box.width / 2, box.width / 3, box.y + box.height / 2]
  await page.mouse.move(middle, y)
  await page.mouse.down()
  for (let step = 0; step < 160; step += 1) {
    await page.mouse.move(middle + half * Math.sin(step / 10), y)
    await page.waitForTimeout(12)
  }
  await page.mouse.up()
}

async function pressKeys(page: Page): Promise<void> {
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press(press % 20 < 10 ? 'ArrowRight' : 'ArrowLeft')
    await page.waitForTimeout(30)
  }
}

/** Cards of two groups in turns: the panels are redrawn each time. */
async function pickUpSome(page: Page): Promise<void> {
  for (let pick = 0; pick < 8; pick += 1) {
    await pickUp(page, pick)
    await page.waitForTimeout(400)
    await drop(page)
    await page.waitForTimeout(100)
  }
}

async function pickUp(page: Page, pick = 0): Promise<void> {
  const { x, y } = await centerOf(page, `[data-device="group-${pick % 2}-disk-${pick % 3}"]`)
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 20, y + 20, { steps: 3 })
}

async function drop(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.mouse.up()
}

async function dragCard(page: Page): Promise<void> {
  const { x, y } = await centerOf(page, '[data-device="group-0-disk-0"]')
  for (let step = 0; step < 240; step += 1) {
    await page.mouse.move(x + 120 + 150 * Math.sin(step / 12), y + 150 + 180 * Math.cos(step / 9))
    await page.waitForTimeout(12)
  }
  await drop(page)
}

async function pointAtBoard(page: Page): Promise<void> {
  const { x, y } = await centerOf(page, '[data-board]')
  await page.mouse.move(x, y)
}

async function scroll(page: Page): Promise<void> {
  for (let step = 0; step < 120; step += 1) {
    await page.mouse.wheel(0, step < 80 ? 100 : -150)
    await page.waitForTimeout(24)
  }
}

async function centerOf(page: Page, selector: string): Promise<{ readonly x: number; readonly y: number }> {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`${selector} is not on the screen`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
