import fs from 'node:fs'
import path from 'node:path'
import { findFormat } from '#shared/formats/formats.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'
import { expectAccessible } from './axe.ts'
import { answerSaveDialog, clipboardText } from './native-dialogs.ts'
import { EXAMPLE, expect, test } from './weir-app.ts'

/** What the format itself writes of the example. */
function written(id: string): string {
  const workspace = parseWorkspaceText(fs.readFileSync(EXAMPLE, 'utf8'))
  if (!workspace.ok) throw new Error('the example is a workspace')
  const style = findFormat(id)?.options.find((option) => option.key === 'style')?.preset
  const result = findFormat(id)?.write?.(workspace.value, style === undefined ? {} : { style })
  if (!result?.ok) throw new Error(`${id} writes the example`)
  return result.value.text
}

test('Ctrl E opens the export, arrows choose the format, Copy takes exactly its text', async ({ launch }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+e')
  const dialog = page.getByRole('dialog', { name: 'Export' })
  await expect(dialog.getByText('Noisy neighbour · 2 groups, 6 devices')).toBeVisible()
  await expect(dialog.getByRole('radio', { name: /QMP, throttle groups/ })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(dialog.getByRole('radio', { name: /QMP, block_set_io_throttle/ })).toBeChecked()
  await expect(dialog.getByRole('region', { name: /^Preview of/ })).toContainText('"block_set_io_throttle"')
  await dialog.getByRole('button', { name: 'Copy' }).click()
  await expect.poll(() => clipboardText(app)).toBe(written('qmp-legacy'))
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(board.lane('gold')).toBeVisible()
})

test('a format that cannot say everything says what is lost', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await board.button('Export').click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  await dialog.getByRole('radio', { name: /^HMP/ }).click()
  await expect(dialog.getByRole('radio', { name: /^HMP \d+ lost/ })).toBeVisible()
  const losses = dialog.getByRole('region', { name: 'What this format cannot express' })
  await expect(losses).toContainText('groups.gold.iops-total-max')
  await expect(dialog.getByText(/things are lost in this format/)).toBeVisible()
  await expectAccessible(page)
  await dialog.getByRole('radio', { name: /^Domain XML/ }).click()
  await expect(dialog.getByRole('region', { name: /^Preview of/ })).toContainText('<iotune>')
})

test('Save as… writes the text to a file of the user’s choice', async ({ launch, folder }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const file = path.join(folder, 'out.json')
  await answerSaveDialog(app, file)
  await board.button('Export').click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  await dialog.getByRole('button', { name: 'Save as…' }).click()
  await expect.poll(() => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')).toBe(written('qmp'))
})

test('only what changed: counted from the saved version', async ({ launch, folder }) => {
  const file = path.join(folder, 'copy.weir.json')
  fs.copyFileSync(EXAMPLE, file)
  const { page, board } = await launch({ files: [file] })
  await board.shown()
  const preview = page.getByRole('region', { name: /^Preview of/ })
  await board.button('Export').click()
  await page.getByRole('radio', { name: /QMP, only what changed/ }).click()
  await expect(page.getByText('Nothing to write')).toBeVisible()
  await page.keyboard.press('Escape')

  await board.field('IOPS limit').fill('1500')
  await board.field('IOPS limit').press('Enter')
  await board.button('Export').click()
  await expect(preview).toContainText('"qom-set"')
  await expect(preview).toContainText('"iops-total": 1500')
  await expect(preview).not.toContainText('object-add')
  await page.keyboard.press('Escape')

  await page.keyboard.press('Control+s')
  await expect.poll(() => fs.readFileSync(file, 'utf8')).toContain('1500')
  await board.button('Export').click()
  await expect(page.getByText('Nothing to write')).toBeVisible()
})
