import fs from 'node:fs'
import path from 'node:path'
import { expectAccessible } from './axe.ts'
import { answerQuestions, askedQuestions } from './native-dialogs.ts'
import { EXAMPLE, expect, test } from './weir-app.ts'

test('settings take effect at once and are kept', async ({ launch, folder }) => {
  const dataFolder = path.join(folder, 'data')
  const first = await launch({ files: [EXAMPLE], run: true, dataFolder })
  await first.board.shown()
  await first.page.keyboard.press('Control+,')
  const dialog = first.page.getByRole('dialog', { name: 'Settings' })
  await dialog.getByRole('radio', { name: 'Light' }).click()
  await expect(first.page.locator('html')).toHaveAttribute('data-theme', 'light')
  await dialog.getByRole('radio', { name: 'MB', exact: true }).click()
  await dialog.getByRole('switch', { name: 'Reduced motion' }).click()
  await expect(first.page.locator('html')).toHaveAttribute('data-motion', 'reduced')
  await expectAccessible(first.page)
  await dialog.getByRole('combobox', { name: 'Zoom' }).click()
  await first.page.getByRole('option', { name: '125 %' }).click()
  await expect
    .poll(() =>
      first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomFactor()),
    )
    .toBeCloseTo(1.25)
  await dialog.getByRole('combobox', { name: 'Sampling' }).click()
  await first.page.getByRole('option', { name: 'Once a second' }).click()
  await first.board.snapshots(1)
  const beforeMs = Date.now()
  await first.board.snapshots(3)
  expect(Date.now() - beforeMs, 'three snapshots are two seconds apart').toBeGreaterThan(1500)
  await first.page.keyboard.press('Escape')
  await expect(first.board.field('Bandwidth limit').or(first.board.field('Read bandwidth limit'))).toHaveValue(/MB\/s/)
  await first.close()

  const second = await launch({ files: [EXAMPLE], dataFolder })
  await second.board.shown()
  await expect(second.page.locator('html')).toHaveAttribute('data-theme', 'light')
})

test('an example opens from the gallery', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('examples')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Examples' })
  await expect(dialog.getByRole('button')).toHaveCount(13)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: /^Starving guest/ }).click()
  await expect(board.lane('too-tight')).toBeVisible()
  await expect(dialog).toBeHidden()
})

test('unsaved edits are asked about before an example takes their place', async ({ launch }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await board.field('IOPS limit').fill('1234')
  await board.field('IOPS limit').press('Enter')
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle()))
    .toMatch(/^●/)
  await answerQuestions(app, 2) // Cancel
  await page.keyboard.press('Control+k')
  await page.keyboard.type('examples')
  await page.keyboard.press('Enter')
  await page
    .getByRole('dialog', { name: 'Examples' })
    .getByRole('button', { name: /^Starving guest/ })
    .click()
  await expect.poll(() => askedQuestions(app)).toHaveLength(1)
  expect((await askedQuestions(app))[0]).toMatch(/noisy-neighbour.*Save.*Cancel/)
  await page.keyboard.press('Escape')
  await expect(board.lane('gold')).toBeVisible()
})

test('About tells the versions and the licences of what is inside', async ({ launch }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('about')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'About Weir' })
  await expect(dialog).toContainText(await app.evaluate(() => process.versions.chrome))
  await dialog.getByRole('button', { name: 'Third-party licences' }).click()
  const licences = dialog.getByRole('region', { name: 'Third-party licences' })
  await expect(licences).toContainText('grafana-foundation-sdk')
  await licences.getByRole('button', { name: /more lines$/ }).click() // a long text is drawn in portions
  await expect(licences).toContainText('react-dom')
  await expectAccessible(page)
})

test('the keyboard shortcuts are listed', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+/')
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(dialog).toContainText('Ctrl K')
  await expectAccessible(page)
})

test('edits that a crash left are recovered, and a notice says so until it is dismissed', async ({
  launch,
  folder,
}) => {
  const dataFolder = path.join(folder, 'data')
  const file = path.join(folder, 'mine.weir.json')
  fs.copyFileSync(EXAMPLE, file)
  const first = await launch({ files: [file], dataFolder })
  await first.board.shown()
  await first.board.field('IOPS limit').fill('1234')
  await first.board.field('IOPS limit').press('Enter')
  const recovery = path.join(dataFolder, 'recovery')
  await expect.poll(() => (fs.existsSync(recovery) ? fs.readdirSync(recovery).length : 0)).toBeGreaterThan(0)
  first.app.process().kill('SIGKILL')
  await first.app.waitForEvent('close').catch(() => undefined)

  const second = await launch({ dataFolder })
  await second.board.shown()
  await expect(second.page.getByText(/Recovered the unsaved edits of mine.weir.json/)).toBeVisible()
  await expect(second.board.field('IOPS limit')).toHaveValue(/1.?234/)
  await expectAccessible(second.page)
  await second.page.getByRole('button', { name: 'Dismiss notice' }).click()
  await expect(second.page.getByText(/Recovered the unsaved edits/)).toBeHidden()
})

test('the connect dialog lists sockets, checks the address and says why a connection failed', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+2')
  await page.getByRole('button', { name: 'Connect to a VM…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Connect to a running QEMU' })
  const address = dialog.getByRole('textbox', { name: 'Address' })
  await expect(address).toBeFocused()
  await address.fill('relative.sock')
  await expect(dialog.getByRole('alert')).toContainText('begin with /')
  await expect(dialog.getByRole('button', { name: 'Connect', exact: true })).toBeDisabled()
  await address.fill('/nowhere/there-is-no.sock')
  await expectAccessible(page)
  await address.press('Enter')
  await expect(dialog.getByLabel('Error')).toBeVisible()
  await expect(dialog).toBeVisible()
})
