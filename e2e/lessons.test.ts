import path from 'node:path'
import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { answerQuestions, askedQuestions } from './native-dialogs.ts'
import { EXAMPLE, expect, type RunningWeir, test } from './weir-app.ts'

// The lessons by mouse and by keyboard: each step is noticed when it is done, whoever did it.

test.setTimeout(120_000)

/** Buttons of the question about unsaved edits. */
const [DONT_SAVE, CANCEL] = [1, 2]

const pane = (page: Page, title: string) => page.getByRole('complementary', { name: `Lesson: ${title}`, exact: true })

/** Resolves when the step is the one to be done now. */
async function at(page: Page, title: string): Promise<void> {
  await expect(page.locator('[aria-current="step"] h2')).toHaveText(title, { timeout: 40_000 })
}

async function openLessons({ page }: RunningWeir): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Find' })).toBeFocused()
  await page.keyboard.type('learn')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'Learn by doing' })).toBeVisible()
}

/** Moves a slider of the lesson by an arrow key until the step is done. */
async function slideUntilDone(page: Page, label: string, key: 'ArrowLeft' | 'ArrowRight'): Promise<void> {
  const slider = page.getByRole('complementary', { name: /^Lesson: / }).getByRole('slider', { name: label })
  const heading = page.locator('[aria-current="step"] h2')
  const title = await heading.textContent()
  await slider.focus()
  for (let step = 0; step < 60 && (await heading.textContent()) === title; step += 1) {
    await page.keyboard.press(key)
    await page.waitForTimeout(250)
  }
  await expect(heading).not.toHaveText(title ?? '')
}

test('the noisy neighbour, by mouse: moved on the board, held by the slider of the sentence', async ({ launch }) => {
  const weir = await launch({ files: [EXAMPLE] })
  const { app, page, board } = weir
  await board.shown()
  // From the Help menu, as the native menu sends it.
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('lessons')?.click())
  await page.getByRole('button', { name: 'Stop a noisy neighbour: begin' }).click()
  const lesson = pane(page, 'Stop a noisy neighbour')
  await at(page, 'Start the disks')
  await expectAccessible(page)
  await lesson.getByRole('button', { name: 'Start' }).click()
  await at(page, 'Let the burst run out')
  await at(page, 'See who takes what')
  await board.card('batch-etl').click()
  await at(page, 'Move the noisy disk')
  // Both lanes stand on the screen without the dock.
  await page.keyboard.press('Control+j')
  await board.drag('batch-etl', board.lane('bulk'))
  await at(page, 'Hold its new group')
  await expect(lesson.getByText(/was \d+ IOPS/)).toBeVisible()
  const track = await lesson.getByRole('slider', { name: 'Bandwidth limit of bulk' }).boundingBox()
  if (track === null) throw new Error('the slider is not on the screen')
  const middle = { x: track.x + track.width / 2, y: track.y + track.height / 2 }
  await page.mouse.move(middle.x, middle.y)
  await page.mouse.down()
  await page.mouse.move(middle.x - 40, middle.y, { steps: 8 })
  await page.mouse.up()
  await at(page, 'Take it away')
  await expectAccessible(page)
  await lesson.getByRole('button', { name: 'Export…' }).click()
  await page.keyboard.press('Escape')
  await expect(lesson.getByRole('heading', { name: 'Lesson complete' })).toBeVisible()
  await lesson.getByRole('button', { name: 'Close lessons' }).click()
  await expect(lesson).toBeHidden()
})

test('the disk under a VM, by keyboard; what was done is kept for the next start', async ({ launch, folder }) => {
  const dataFolder = path.join(folder, 'data')
  const weir = await launch({ files: [EXAMPLE], dataFolder })
  const { page } = weir
  await weir.board.shown()
  await openLessons(weir)
  await page.getByRole('button', { name: 'A disk under a VM’s cap: begin' }).press('Enter')
  await at(page, 'Start the disks')
  await expect(page.getByRole('heading', { name: 'A disk under a VM’s cap', exact: true })).toBeFocused()
  await page.getByRole('button', { name: 'Start', exact: true }).first().press('Enter')
  await at(page, 'Give one disk a limit of its own')
  await page.getByRole('button', { name: 'Put etl behind etl-disk' }).press('Enter')
  await at(page, 'Hold it below the cap')
  // The button went away with its step: the keyboard goes on at the next one.
  await expect(page.getByRole('heading', { name: 'Hold it below the cap' })).toBeFocused()
  await slideUntilDone(page, 'IOPS limit of etl-disk', 'ArrowLeft')
  await at(page, 'Find where the cap binds')
  await expect(page.getByRole('slider', { name: 'IOPS limit of etl-disk' })).toHaveAttribute(
    'aria-valuetext',
    '200 IOPS',
  )
  await weir.close()

  const again = await launch({ files: [EXAMPLE], dataFolder })
  await again.board.shown()
  await openLessons(again)
  await expect(again.page.getByText('3 of 5 steps')).toBeVisible()
  await again.page.getByRole('button', { name: 'A disk under a VM’s cap: go on' }).click()
  await at(again.page, 'Find where the cap binds')
  // The steps before are done on the new board, which runs.
  await slideUntilDone(again.page, 'IOPS limit of etl-disk', 'ArrowRight')
  await at(again.page, 'Take it away')
})

test('bursts: what the limits panel sets counts as much', async ({ launch }) => {
  const weir = await launch({ files: [EXAMPLE] })
  const { page, board } = weir
  await board.shown()
  await openLessons(weir)
  await page.getByRole('button', { name: 'Let a load burst: begin' }).click()
  await page
    .getByRole('complementary', { name: /^Lesson/ })
    .getByRole('button', { name: 'Start' })
    .click()
  await at(page, 'Allow a burst')
  await board.lane('plain').getByRole('heading', { name: 'plain', exact: true }).click()
  await board.field('IOPS burst').fill('1000')
  await board.field('IOPS burst').press('Enter')
  await at(page, 'Say how long')
  await slideUntilDone(page, 'IOPS burst length of plain', 'ArrowRight')
  await at(page, 'Close the trap')
  await slideUntilDone(page, 'IOPS burst length of pool', 'ArrowRight')
  await at(page, 'Take it away')
})

test('a lesson asks for unsaved edits first, and leaves them where the answer is no', async ({ launch }) => {
  const weir = await launch({ files: [EXAMPLE] })
  const { app, page, board } = weir
  await board.shown()
  await page.keyboard.press('Control+g')
  await page.keyboard.press('Escape')
  await expect(board.lane('group')).toBeVisible()
  await answerQuestions(app, CANCEL)
  await openLessons(weir)
  await page.getByRole('button', { name: 'Let a load burst: begin' }).click()
  await expect.poll(async () => (await askedQuestions(app)).length).toBe(1)
  await expect(board.lane('group')).toBeVisible()
  await expect(page.getByRole('complementary', { name: 'Learn by doing' })).toBeVisible()
  await answerQuestions(app, DONT_SAVE)
  await page.getByRole('button', { name: 'Let a load burst: begin' }).click()
  await expect(board.lane('plain')).toBeVisible()
  // Another workspace takes the board: the lesson offers its own again, and counts nothing of the other.
  await page.keyboard.press('Control+n')
  await page.getByRole('button', { name: 'Open the lesson’s board again' }).click()
  await at(page, 'Start the disks')
})

test('a lesson whose lane was deleted says so, and Undo brings it back', async ({ launch }) => {
  const weir = await launch({ files: [EXAMPLE] })
  const { page, board } = weir
  await board.shown()
  await openLessons(weir)
  await page.getByRole('button', { name: 'Let a load burst: begin' }).click()
  await page
    .getByRole('complementary', { name: /^Lesson/ })
    .getByRole('button', { name: 'Start' })
    .click()
  await at(page, 'Allow a burst')
  await board.lane('plain').getByRole('heading', { name: 'plain', exact: true }).click()
  await page.keyboard.press('Delete')
  await expect(page.getByText('plain is no longer on the board.')).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('slider', { name: 'IOPS burst of plain' })).toBeVisible()
})

test('in a narrow window the lesson takes the side panel’s place', async ({ launch }) => {
  const weir = await launch({ files: [EXAMPLE] })
  const { app, page, board } = weir
  await board.shown()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 640))
  await openLessons(weir)
  await page.getByRole('button', { name: 'Stop a noisy neighbour: begin' }).click()
  const lesson = pane(page, 'Stop a noisy neighbour')
  await expect(lesson).toBeInViewport({ ratio: 0.9 })
  await expect(board.limits('gold')).toBeHidden()
  await expect(board.card('db-primary')).toBeInViewport({ ratio: 0.9 })
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page)
  }
  await lesson.getByRole('button', { name: 'Close lessons' }).click()
  await expect(board.limits('gold')).toBeVisible()
})
