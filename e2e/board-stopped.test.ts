import fs from 'node:fs'
import path from 'node:path'
import { expectAccessible } from './axe.ts'
import type { BoardPage } from './board-page.ts'
import { expect, test } from './weir-app.ts'

// Cards of devices whose disk was taken from under them: why, what to do, and the way back; the others run on.

const MIB = 1024 * 1024

/** `own`: a file of Weir's; `image`: the user's, read only; `steady`: no disk that could be lost. All three in gold. */
function writeWorkspace(folder: string): { readonly file: string; readonly image: string } {
  const image = path.join(folder, 'customer-database-2026-11.img')
  fs.writeFileSync(image, Buffer.alloc(2 * MIB, 'a'))
  const workload = { kind: 'synthetic', readPercent: 100, pattern: 'random', iodepth: 2 }
  const device = (id: string, disk: object) => ({ id, group: 'gold', disk, workload })
  const file = path.join(folder, 'stopped.weir.json')
  const workspace = {
    format: 'weir-workspace/1',
    groups: { gold: { 'iops-total': 300 } },
    devices: [
      device('own', { kind: 'file', sizeBytes: 2 * MIB }),
      device('image', { kind: 'file', path: image, sizeBytes: 2 * MIB }),
      device('steady', { kind: 'null' }),
    ],
  }
  fs.writeFileSync(file, JSON.stringify(workspace))
  return { file, image }
}

/** Removes the backing files that Weir made for its run. */
function deleteOwnFiles(dataFolder: string): void {
  const disks = fs
    .readdirSync(dataFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /disk-\d+\.img$/.test(name))
  expect(disks).toHaveLength(1)
  for (const name of disks) fs.unlinkSync(path.join(dataFolder, name))
}

function why(board: BoardPage, device: string) {
  return board.card(device).getByRole('region', { name: `Why ${device} does nothing` })
}

test('a card whose file is gone or cut says why and what to do; Reset brings it back', async ({ launch, folder }) => {
  const { file, image } = writeWorkspace(folder)
  const { page, board, dataFolder, pageErrors } = await launch({ files: [file], run: true })
  await board.shown()
  await expect.poll(() => board.metric(board.card('own'), 'iops')).toBeGreaterThan(50)
  await expect.poll(() => board.metric(board.card('image'), 'iops')).toBeGreaterThan(50)

  fs.truncateSync(image, 1024)
  await expect(why(board, 'image')).toContainText(/Stopped .*database-2026-11\.img ends at byte \d+.*Put the file back/)
  await expect(page.getByRole('status').filter({ hasText: 'was cut short' })).toHaveCount(1)
  deleteOwnFiles(dataFolder)
  await expect(why(board, 'own')).toContainText(
    /Stopped ….disk-\d+\.img has disappeared.*Reset recreates backing files/,
  )
  await expect(page.getByRole('status').filter({ hasText: 'has disappeared' })).toHaveCount(1)
  await expect(board.card('image').getByText('IOPS')).toBeHidden()
  await page.screenshot({ path: test.info().outputPath('stopped.png') })

  // What they leave is the others': all of the group's limit.
  await expect.poll(() => board.metric(board.card('steady'), 'iops')).toBeGreaterThan(240)
  expect(await board.meanMetric(board.card('steady'), 'iops', 10)).toBeLessThan(360)
  await expect(why(board, 'steady')).toHaveCount(0)

  fs.writeFileSync(image, Buffer.alloc(2 * MIB, 'a'))
  await board.button('Reset').click()
  for (const device of ['own', 'image']) {
    await expect(why(board, device)).toHaveCount(0)
    await expect.poll(() => board.metric(board.card(device), 'iops')).toBeGreaterThan(50)
  }
  expect(pageErrors).toEqual([])
})

test('the reason is reached by keys, stands in the panel in full, and axe finds nothing', async ({
  launch,
  folder,
}) => {
  const { file, image } = writeWorkspace(folder)
  const { page, board, dataFolder } = await launch({ files: [file], run: true })
  await board.shown()
  await expect.poll(() => board.metric(board.card('own'), 'iops')).toBeGreaterThan(50)
  deleteOwnFiles(dataFolder)
  fs.truncateSync(image, 1024)
  await expect(why(board, 'own')).toBeVisible()
  await expect(why(board, 'image')).toBeVisible()
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await expectAccessible(page)
  }

  await board.handle('own').focus()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Menu of own', exact: true })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(why(board, 'own')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(why(board, 'image')).toBeFocused()

  await board.card('image').getByRole('heading').click()
  const panel = page.getByRole('complementary', { name: 'Load of image', exact: true })
  await expect(panel).toContainText(`${image} ends at byte`)
  await expect(panel).toContainText('Put the file back as it was, or make the disk smaller; then Reset.')
  await expectAccessible(page)
  await page.screenshot({ path: test.info().outputPath('panel.png') })
})
