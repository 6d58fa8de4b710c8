import fs from 'node:fs'
import path from 'node:path'
import { expectAccessible } from './axe.ts'
import { answerOpenDialog } from './native-dialogs.ts'
import { expect, test } from './weir-app.ts'

// The workload panel: loads and disks change while they run.

function writeWorkspace(folder: string): string {
  const file = path.join(folder, 'load.weir.json')
  const workload = {
    kind: 'synthetic',
    pattern: 'random',
    readPercent: 100,
    blockBytes: 4096,
    iodepth: 4,
    rateIops: 200,
  }
  const device = (id: string) => ({ id, group: 'gold', disk: { kind: 'null', sizeBytes: 1 << 30 }, workload })
  fs.writeFileSync(
    file,
    JSON.stringify({
      format: 'weir-workspace/1',
      groups: { gold: { 'iops-total': 100_000 } },
      devices: ['db', 'web'].map(device),
    }),
  )
  return file
}

test('a rate typed while it runs is the rate measured', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await board.card('db').click()
  const panel = page.getByRole('complementary', { name: 'Load of db' })
  await expect(panel).toBeVisible()
  await expect.poll(() => board.meanMetric(board.card('db'), 'iops', 5)).toBeCloseTo(200, -1.5)
  await panel.getByRole('textbox', { name: 'Rate ceiling value' }).fill('1.2k')
  await panel.getByRole('textbox', { name: 'Rate ceiling value' }).press('Enter')
  await board.snapshots(12)
  const rate = await board.meanMetric(board.card('db'), 'iops', 10)
  expect(Math.abs(rate - 1200) / 1200).toBeLessThan(0.1)
})

test('block size by the keyboard changes bandwidth, not the rate', async ({ launch, folder }) => {
  const { board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await board.card('db').click()
  const slider = board.slider('Block size')
  await slider.focus()
  await slider.press('PageUp')
  await expect(slider).toHaveAttribute('aria-valuetext', '32 KiB')
  await board.snapshots(12)
  const card = board.card('db')
  const bytes = (await board.meanMetric(card, 'bps', 10)) / (await board.meanMetric(card, 'iops', 10))
  expect(bytes / 32_768).toBeGreaterThan(0.85)
  expect(bytes / 32_768).toBeLessThan(1.15)
})

test('an open loop starts with a rate; idle stops; Undo brings the load back', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)], run: true })
  await board.shown()
  await board.card('db').click()
  const panel = page.getByRole('complementary', { name: 'Load of db' })
  await panel.getByRole('textbox', { name: 'Rate ceiling value' }).fill('no ceiling')
  await panel.getByRole('textbox', { name: 'Rate ceiling value' }).press('Enter')
  const readCeiling = panel.getByRole('textbox', { name: 'Ceiling of reads' })
  await readCeiling.fill('100')
  await readCeiling.press('Enter')
  await expect(board.card('db')).toContainText('reads 100/s')
  await panel.getByRole('radio', { name: 'Poisson' }).click()
  await expect(readCeiling).toHaveCount(0)
  await expect(panel.getByRole('textbox', { name: 'Rate value' })).toHaveValue(/^1\s000 \/s$/)
  await board.snapshots(12)
  const rate = await board.meanMetric(board.card('db'), 'iops', 20)
  expect(Math.abs(rate - 1000) / 1000).toBeLessThan(0.15)
  await panel.getByRole('radio', { name: 'Idle' }).click()
  await expect.poll(() => board.metric(board.card('db'), 'iops')).toBe(0)
  await board.button('Undo').click()
  await expect(panel.getByRole('radio', { name: 'Poisson' })).toBeChecked()
})

test('mixed sizes, phases, disk and iothread all reach the file', async ({ launch, folder }) => {
  const file = writeWorkspace(folder)
  const { page, board } = await launch({ files: [file] })
  await board.shown()
  await board.card('db').click()
  const panel = page.getByRole('complementary', { name: 'Load of db' })
  const type = async (name: string, text: string) => {
    await panel.getByRole('textbox', { name, exact: true }).fill(text)
    await panel.getByRole('textbox', { name, exact: true }).press('Enter')
  }
  await panel.getByRole('button', { name: 'Mix several sizes' }).click()
  await type('Weight 2', '0.5')
  await panel.getByRole('radio', { name: 'Sequential' }).click()
  await type('Reads value', '30')
  await type('Starts at', '1.5')
  await type('Stops at', '2 min')
  await panel.getByRole('switch', { name: 'On and off' }).click()
  await type('Off for', '500ms')
  await type('Size value', '2 GiB')
  await panel.getByRole('combobox', { name: 'Service time' }).click()
  await page.getByRole('option', { name: /^Exponential/ }).click()
  await type('Service time value', '250')
  await panel.getByRole('combobox', { name: 'iothread' }).click()
  await page.getByRole('option', { name: 'iothread 1' }).click()
  await panel.getByText('Names in QEMU').click()
  await type('Drive name in QEMU', 'virtio0')
  await page.keyboard.press('Control+s')
  await expect
    .poll(() => JSON.parse(fs.readFileSync(file, 'utf8')).devices[0])
    .toEqual({
      id: 'db',
      group: 'gold',
      iothread: 1,
      disk: { kind: 'null', sizeBytes: 2 ** 31, service: { kind: 'exponential', us: 250 } },
      workload: {
        kind: 'synthetic',
        pattern: 'sequential',
        readPercent: 30,
        blockBytes: [
          { bytes: 4096, weight: 1 },
          { bytes: 65_536, weight: 0.5 },
        ],
        iodepth: 4,
        rateIops: 200,
        arrivals: 'closed',
        startS: 1.5,
        stopS: 120,
        onS: 10,
        offS: 0.5,
      },
      qemu: { drive: 'virtio0' },
    })
})

test('several devices are edited together, values that differ show as mixed', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)] })
  await board.shown()
  await board.card('db').click()
  await board.slider('Reads').focus()
  await page.keyboard.press('Home')
  await board.card('web').click({ modifiers: ['Control'] })
  const panel = page.getByRole('complementary', { name: 'Load of 2 devices' })
  await expect(panel.getByRole('textbox', { name: 'Reads value' })).toHaveAttribute('placeholder', 'mixed')
  await panel.getByRole('textbox', { name: 'Reads value' }).fill('50')
  await panel.getByRole('textbox', { name: 'Reads value' }).press('Enter')
  await expect(board.card('db')).toContainText('50/50')
  await expect(board.card('web')).toContainText('50/50')
  await board.button('Undo').click()
  await expect(board.card('web')).not.toContainText('50/50')
})

test('a recorded load is chosen by its file', async ({ launch, folder }) => {
  const { app, page, board } = await launch({ files: [writeWorkspace(folder)] })
  await board.shown()
  const trace = path.join(folder, 'night.trace.csv')
  fs.writeFileSync(trace, 'time_s,op,offset,bytes\n0,read,0,4096\n0.01,write,8192,4096\n')
  await answerOpenDialog(app, trace)
  await board.card('db').click()
  const panel = page.getByRole('complementary', { name: 'Load of db' })
  await panel.getByRole('radio', { name: 'Trace' }).click()
  await expect(panel.getByRole('textbox', { name: 'Trace file' })).toHaveValue(/night\.trace\.csv$/)
  await expect(board.card('db')).toContainText('night.trace.csv')
  await expectAccessible(page)
})

test('what the engine refuses stands under its field', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeWorkspace(folder)] })
  await board.shown()
  await board.card('db').click()
  const panel = page.getByRole('complementary', { name: 'Load of db' })
  await panel.getByRole('textbox', { name: 'Starts at' }).fill('30')
  await panel.getByRole('textbox', { name: 'Starts at' }).press('Enter')
  await panel.getByRole('textbox', { name: 'Stops at' }).fill('10')
  await panel.getByRole('textbox', { name: 'Stops at' }).press('Enter')
  await expect(panel.getByText(/10 is not after startS; use more than 30/)).toBeVisible()
  await panel.getByRole('textbox', { name: 'Stops at' }).fill('60')
  await panel.getByRole('textbox', { name: 'Stops at' }).press('Enter')
  await expect(panel.getByText(/is not after startS/)).toBeHidden()
})
