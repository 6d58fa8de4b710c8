import fs from 'node:fs'
import path from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { answerQuestions, answerSaveDialog, askedQuestions, clipboardText } from './native-dialogs.ts'
import { EXAMPLE, expect, type RunningWeir, test } from './weir-app.ts'

// What happens to a machine and its files while Weir runs. Each time: a sentence, and a window that can be used.

/** One throttled device that is always hungry, one free device that asks at a steady rate whatever happens. */
const STEADY = {
  format: 'weir-workspace/1',
  groups: { gold: { 'iops-total': 400 } },
  devices: [
    {
      id: 'hungry',
      group: 'gold',
      disk: { kind: 'null' },
      workload: { kind: 'synthetic', readPercent: 100, iodepth: 4 },
    },
    {
      id: 'steady',
      group: null,
      disk: { kind: 'null' },
      workload: { kind: 'synthetic', readPercent: 100, arrivals: 'fixed', rateIops: 100 },
    },
  ],
}

function writeSteady(folder: string): string {
  const file = path.join(folder, 'steady.weir.json')
  fs.writeFileSync(file, JSON.stringify(STEADY))
  return file
}

/** The highest rate that any of the next `count` snapshots shows. */
async function highestIops({ board }: RunningWeir, device: string, count: number): Promise<number> {
  let highest = 0
  for (let seen = 0; seen < count; seen += 1) {
    await board.snapshots(1)
    highest = Math.max(highest, await board.metric(board.card(device), 'iops'))
  }
  return highest
}

function say(app: ElectronApplication, what: 'suspend' | 'resume'): Promise<boolean> {
  return app.evaluate(({ powerMonitor }, event) => powerMonitor.emit(event), what)
}

test('the lab rests while the machine sleeps and does not catch up', async ({ launch, folder }) => {
  const weir = await launch({ files: [writeSteady(folder)], run: true })
  const { app, page, board } = weir
  await board.shown()
  await board.snapshots(20)
  await say(app, 'suspend')
  await say(app, 'suspend') // some machines say it twice
  await expect(board.button('Resume')).toBeVisible()
  const before = await board.revision()
  await page.waitForTimeout(3000)
  expect((await board.revision()) - before).toBeLessThan(3)
  await say(app, 'resume')
  await expect(board.button('Pause')).toBeVisible()
  // Three seconds of arrivals at once would show as a rate many times the usual.
  expect(await highestIops(weir, 'steady', 15)).toBeLessThan(220)
  expect(await board.meanMetric(board.card('hungry'), 'iops', 10)).toBeLessThan(520)
})

test('what the user paused stays paused when the machine wakes', async ({ launch, folder }) => {
  const { app, board, page } = await launch({ files: [writeSteady(folder)], run: true })
  await board.shown()
  await board.button('Pause').click()
  await expect(board.button('Resume')).toBeVisible()
  await say(app, 'suspend')
  await say(app, 'resume')
  await page.waitForTimeout(500)
  await expect(board.button('Resume')).toBeVisible()
})

test('a busy main process does not hold the lab, and the window goes on after it', async ({ launch, folder }) => {
  const weir = await launch({ files: [writeSteady(folder)], run: true })
  const { app, board } = weir
  await board.shown()
  await board.snapshots(20)
  await app.evaluate(() => {
    const end = performance.now() + 2500
    while (performance.now() < end);
  })
  // Had the devices stood still meanwhile, the rate over that time would be next to nothing.
  const rates = [await board.meanMetric(board.card('hungry'), 'iops', 1)]
  rates.push(await board.meanMetric(board.card('hungry'), 'iops', 10))
  for (const rate of rates) {
    expect(rate).toBeGreaterThan(250)
    expect(rate).toBeLessThan(550)
  }
  await board.button('Pause').click()
  await expect(board.button('Resume')).toBeVisible()
})

test('a save that is refused says why, and the same edits go elsewhere', async ({ launch, folder }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await answerSaveDialog(app, '/sys/mine.weir.json')
  await page.keyboard.press('Control+Shift+s')
  await expect(page.getByText('/sys/mine.weir.json was not saved: writing there is not allowed.')).toBeVisible()
  const file = path.join(folder, 'mine.weir.json')
  await answerSaveDialog(app, file)
  await page.keyboard.press('Control+Shift+s')
  await expect.poll(() => fs.existsSync(file)).toBe(true)
  expect(JSON.parse(fs.readFileSync(file, 'utf8')).name).toBe('Noisy neighbour')
})

test('a file that another program changes is read again, and one that goes is told of', async ({ launch, folder }) => {
  const file = writeSteady(folder)
  const { app, page, board } = await launch({ files: [file] })
  await board.shown()
  const look = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.emit('focus'))
  fs.writeFileSync(file, JSON.stringify({ ...STEADY, groups: { ...STEADY.groups, silver: { 'iops-total': 5 } } }))
  await look()
  await expect(page.getByText('steady.weir.json was changed by another program and has been read again.')).toBeVisible()
  await expect(board.lane('silver')).toBeVisible()
  fs.rmSync(file)
  await look()
  await expect(page.getByText('steady.weir.json is no longer on disk. Save to write it again.')).toBeVisible()
  await page.keyboard.press('Control+s')
  await expect.poll(() => fs.existsSync(file)).toBe(true)
})

/** Chooses an entry of the Help menu as a user does. */
function chooseHelp(app: ElectronApplication, label: string): Promise<void> {
  return app.evaluate(({ Menu }, wanted) => {
    const help = Menu.getApplicationMenu()?.items.find(({ role }) => role === 'help')
    const entry = help?.submenu?.items.find((item) => item.label.replace('&', '') === wanted)
    if (entry === undefined) throw new Error(`the Help menu has ${wanted}`)
    entry.click()
  }, label)
}

test('Copy Diagnostics tells versions, machine and workspace, and no path', async ({ launch, folder }) => {
  const file = path.join(folder, 'own.weir.json')
  const disk = path.join(folder, 'secret-customer.img')
  fs.writeFileSync(disk, Buffer.alloc(65_536))
  const [hungry] = STEADY.devices
  fs.writeFileSync(file, JSON.stringify({ ...STEADY, devices: [{ ...hungry, disk: { kind: 'file', path: disk } }] }))
  const { app, board } = await launch({ files: [file] })
  await board.shown()
  await chooseHelp(app, 'Copy Diagnostics')
  const text = await clipboardText(app)
  const told = JSON.parse(text)
  expect(Object.keys(told)).toEqual(expect.arrayContaining(['version', 'electron', 'chrome', 'node', 'platform']))
  expect(told.machine.memoryMiB).toBeGreaterThan(0)
  expect(told.workspace.groups.gold).toEqual({ 'iops-total': 400 })
  expect(text).not.toContain('secret-customer')
  expect(text).not.toContain(folder)
})

test('Open Log Folder opens it; the log stays small whatever is written', async ({ launch }) => {
  const { app, board, dataFolder } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await app.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { weirOpened: opened })
    shell.openPath = (folder) => {
      opened.push(folder)
      return Promise.resolve('')
    }
  })
  await chooseHelp(app, 'Open Log Folder')
  const logs = path.join(dataFolder, 'logs')
  expect(await app.evaluate(() => (globalThis as unknown as { weirOpened: string[] }).weirOpened)).toEqual([logs])
  expect(fs.readFileSync(path.join(logs, 'main.log'), 'utf8')).toContain('on Electron')
  // Four MiB of defects.
  await app.evaluate(() => {
    for (let each = 0; each < 40; each += 1) process.emit('uncaughtException', new Error('x'.repeat(100_000)))
  })
  const sizes = () => fs.readdirSync(logs).map((name) => fs.statSync(path.join(logs, name)).size)
  await expect.poll(() => sizes().length).toBe(2)
  expect(Math.max(...sizes())).toBeLessThan(1.3 * 2 ** 20)
  await board.snapshots(1).catch(() => undefined)
  await expect(board.lane('gold')).toBeVisible()
})

test('a file of the user is written to only after they agreed in a dialog of the system', async ({
  launch,
  folder,
}) => {
  const disk = path.join(folder, 'precious.img')
  fs.writeFileSync(disk, Buffer.alloc(1 << 20, 'a'))
  const precious = fs.readFileSync(disk)
  const file = path.join(folder, 'writes.weir.json')
  const workload = { kind: 'synthetic', readPercent: 0, iodepth: 4 }
  const device = {
    id: 'writer',
    group: 'gold',
    disk: { kind: 'file', path: disk, write: true, sizeBytes: 1 << 20 },
    workload,
  }
  fs.writeFileSync(file, JSON.stringify({ ...STEADY, devices: [device] }))
  const weir = await launch({ files: [file] })
  const { app, page, board } = weir
  await board.shown()
  await answerQuestions(app, 1)
  await board.button('Start').click()
  await expect(page.getByText(/did not allow the lab to write to these files/)).toBeVisible()
  await expect(board.button('Start')).toBeVisible()
  expect(await askedQuestions(app)).toEqual([expect.stringContaining('Let the lab write to these files?')])
  expect(fs.readFileSync(disk).equals(precious)).toBe(true)
  await answerQuestions(app, 0)
  await board.button('Start').click()
  await expect(board.button('Pause')).toBeVisible()
  await expect.poll(() => fs.readFileSync(disk).equals(precious)).toBe(false)
  expect(fs.statSync(disk).size).toBe(1 << 20)
})
