import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { EXAMPLE, expect, ROOT, type RunningWeir, temporaryFolder, test } from './weir-app.ts'

/** A copy of the example that a test may change. */
function copyExample(folder: string): string {
  const file = path.join(folder, 'mine.weir.json')
  fs.copyFileSync(EXAMPLE, file)
  return file
}

function titleOf(app: ElectronApplication): Promise<string> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle() ?? '')
}

/** Sets the IOPS limit of gold by its text field. */
async function setGoldIops({ board, page }: RunningWeir, value: string): Promise<void> {
  await board.lane('gold').getByRole('heading').first().click()
  await board.field('IOPS limit').fill(value)
  await page.keyboard.press('Enter')
}

function goldIops(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8')).groups.gold['iops-total']
}

/** Answers the next question of the app as its user. */
function answerWith(app: ElectronApplication, response: 'save' | 'discard' | 'cancel'): Promise<void> {
  return app.evaluate(({ dialog }, index) => {
    dialog.showMessageBox = async () => ({ response: index, checkboxChecked: false })
  }, ['save', 'discard', 'cancel'].indexOf(response))
}

function windowTitles(app: ElectronApplication): Promise<readonly string[]> {
  return app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .map((each) => each.getTitle())
      .sort(),
  )
}

/** Starts Weir once more beside the one that runs, and resolves to the exit code. */
async function startAgain(weir: Pick<RunningWeir, 'app' | 'dataFolder'> & { readonly file: string }) {
  const electron = await weir.app.evaluate(() => process.execPath)
  const args = ['--no-sandbox', `--user-data-dir=${weir.dataFolder}`, ROOT, weir.file]
  return new Promise<number | null>((resolve) => {
    spawn(electron, args, { stdio: 'ignore' }).on('close', resolve)
  })
}

test('an edit shows as unsaved and Ctrl+S writes it into the file', async ({ launch, folder }) => {
  const file = copyExample(folder)
  const weir = await launch({ files: [file] })
  await weir.board.shown()
  await setGoldIops(weir, '777')
  await expect.poll(() => titleOf(weir.app)).toBe('● mine.weir.json – Weir')
  await weir.page.keyboard.press('Control+s')
  await expect.poll(() => titleOf(weir.app)).toBe('mine.weir.json – Weir')
  expect(goldIops(file)).toBe(777)
})

test('a window with unsaved edits asks before it closes', async ({ launch, folder }) => {
  const file = copyExample(folder)
  const weir = await launch({ files: [file] })
  await weir.board.shown()
  await setGoldIops(weir, '777')
  await expect.poll(() => titleOf(weir.app)).toContain('●')
  await answerWith(weir.app, 'cancel')
  const close = () => weir.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await close()
  await weir.board.shown()
  expect(await titleOf(weir.app)).toContain('●')
  await answerWith(weir.app, 'save')
  const ended = weir.app.waitForEvent('close')
  await close()
  await ended
  expect(goldIops(file)).toBe(777)
})

test('after a crash the edits are back, and the backing files of the dead run are gone', async ({ launch, folder }) => {
  const file = copyExample(folder)
  const dataFolder = temporaryFolder('crash')
  const first = await launch({ files: [file], run: true, dataFolder })
  await first.board.shown()
  await setGoldIops(first, '777')
  const isIn = (name: string) =>
    fs.existsSync(path.join(dataFolder, name)) && fs.readdirSync(path.join(dataFolder, name))
  // Under its own name: while it is written it has another.
  await expect.poll(() => isIn('recovery')).toEqual([expect.stringMatching(/\.recovery\.json$/)])
  // The lab opens after the window's first picture.
  await expect.poll(() => isIn('disks')).toHaveLength(1)
  const [dead = ''] = fs.readdirSync(path.join(dataFolder, 'disks'))
  first.app.process().kill('SIGKILL')
  await first.app.waitForEvent('close')

  const second = await launch({ dataFolder })
  await second.board.shown()
  await expect(second.page.getByText(/Recovered the unsaved edits of mine\.weir\.json/)).toBeVisible()
  await second.board.lane('gold').getByRole('heading').first().click()
  await expect(second.board.field('IOPS limit')).toHaveValue(/777/)
  expect(goldIops(file)).not.toBe(777)
  await expect.poll(() => fs.readdirSync(path.join(dataFolder, 'disks'))).not.toContain(dead)
  await answerWith(second.app, 'discard')
  await second.close()
  expect(fs.readdirSync(path.join(dataFolder, 'recovery'))).toEqual([])
  expect(fs.readdirSync(path.join(dataFolder, 'disks'))).toEqual([])
  fs.rmSync(dataFolder, { recursive: true })
})

test('a second start hands its file to the first, which opens each file once', async ({ launch, folder }) => {
  const file = copyExample(folder)
  const { app, board, dataFolder } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const start = () => startAgain({ app, dataFolder, file })
  expect(await start()).toBe(0)
  await expect.poll(() => windowTitles(app)).toEqual(['mine.weir.json – Weir', 'noisy-neighbour.weir.json – Weir'])
  expect(await start()).toBe(0)
  expect(await windowTitles(app)).toHaveLength(2)
})

test('one file named twice at the start gets one window', async ({ launch, folder }) => {
  const file = copyExample(folder)
  const { app, board } = await launch({ files: [file, file] })
  await board.shown()
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

/** What every window of `app` says in its corner, once there are `count` windows. */
async function messagesOf(app: ElectronApplication, count: number): Promise<readonly string[]> {
  await expect.poll(() => app.windows().length).toBe(count)
  const told = app.windows().map((page) => page.getByRole('alert').allInnerTexts())
  return (await Promise.all(told)).flat()
}

test('wrong files at the start are told in the window of the right one', async ({ launch, folder }) => {
  const broken = path.join(folder, 'broken.weir.json')
  fs.writeFileSync(broken, '{"format": ')
  const gone = path.join(folder, 'gone.weir.json')
  const { app } = await launch({ files: [gone, copyExample(folder), broken] })
  await expect.poll(() => windowTitles(app)).toEqual(['mine.weir.json – Weir'])
  await expect.poll(() => messagesOf(app, 1)).toHaveLength(1)
  const [told] = await messagesOf(app, 1)
  expect(told).toContain('2 files cannot be opened.')
  expect(told).toContain(`gone.weir.json cannot be opened. ${gone}: there is no such file; check the name\n`)
  expect(told).toContain('broken.weir.json cannot be opened. ')
})

test('many wrong files at the start get one empty window that tells them all', async ({ launch, folder }) => {
  const files = Array.from({ length: 6 }, (_, index) => path.join(folder, `gone-${index}.weir.json`))
  const { app } = await launch({ files, run: true })
  await expect.poll(() => windowTitles(app)).toEqual(['Weir'])
  await expect.poll(() => messagesOf(app, 1)).toHaveLength(1)
  const [told] = await messagesOf(app, 1)
  for (const file of files) expect(told).toContain(`${file}: there is no such file; check the name`)
})

test('a second start with a wrong file is told in the window that is there', async ({ launch, folder }) => {
  const { app, board, dataFolder, page } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const gone = path.join(folder, 'gone.weir.json')
  await startAgain({ app, dataFolder, file: gone })
  await expect(page.getByRole('alert')).toContainText(`${gone}: there is no such file`)
  await expect.poll(() => windowTitles(app)).toEqual(['noisy-neighbour.weir.json – Weir'])
})
