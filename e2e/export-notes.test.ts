import fs from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { expectAccessible } from './axe.ts'
import { expect, test } from './weir-app.ts'

// What a format cannot put into its text it says as notes, one per running disk with QMP's: they must be readable to the
// end, and the buttons below must stay where they can be pressed.

const DISKS = 12

function writeManyNotes(folder: string): string {
  const file = path.join(folder, 'notes.weir.json')
  const devices = Array.from({ length: DISKS }, (_, index) => ({
    id: `disk-${index}`,
    group: 'gold',
    disk: { kind: 'null' },
    workload: { kind: 'synthetic' },
    qemu: { qdev: `/machine/peripheral/disk-${index}`, style: 'legacy' },
  }))
  fs.writeFileSync(
    file,
    JSON.stringify({
      format: 'weir-workspace/1',
      groups: { gold: { 'iops-total': 400 } },
      devices,
    }),
  )
  return file
}

/** Whether the text of the last note lies inside what is seen of the list. */
function showsLast(page: Page): Promise<boolean> {
  return page.getByRole('region', { name: 'Notes' }).evaluate((list) => {
    const last = list.querySelector('li:last-child')?.getBoundingClientRect()
    const seen = list.getBoundingClientRect()
    return last !== undefined && last.bottom <= seen.bottom + 1 && last.top >= seen.top - 1
  })
}

for (const { width, height } of [
  { width: 1024, height: 640 },
  { width: 1440, height: 900 },
]) {
  test(`at ${width} × ${height} all notes of a format can be read, by wheel and by keys`, async ({
    launch,
    folder,
  }) => {
    const { app, page, board } = await launch({ files: [writeManyNotes(folder)] })
    await board.shown()
    await app.evaluate(
      ({ BrowserWindow }, size) => {
        BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height)
      },
      { width, height },
    )
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width)
    await board.button('Export').click()
    const dialog = page.getByRole('dialog', { name: 'Export' })
    const notes = dialog.getByRole('region', { name: 'Notes' })
    await expect(notes.getByRole('heading')).toHaveText(`${DISKS + 1} notes`)
    await expect(notes.getByRole('listitem')).toHaveCount(DISKS + 1)
    await expect(notes.getByRole('listitem').nth(DISKS - 1)).toContainText(`/machine/peripheral/disk-${DISKS - 1}`)
    for (const name of ['Save as…', 'Copy']) {
      await expect(dialog.getByRole('button', { name })).toBeInViewport({ ratio: 1 })
      await dialog.getByRole('button', { name }).click({ trial: true })
    }
    expect((await dialog.getByRole('region', { name: /^Preview of/ }).boundingBox())?.height).toBeGreaterThan(120)

    expect(await showsLast(page)).toBe(false)
    await notes.hover()
    await page.mouse.wheel(0, 4000)
    await expect.poll(() => showsLast(page)).toBe(true)
    await page.mouse.wheel(0, -4000)
    await expect.poll(() => showsLast(page)).toBe(false)

    // From the code on, Tab comes by the notes on its way to the buttons.
    await dialog.getByRole('region', { name: /^Preview of/ }).focus()
    await page.keyboard.press('Tab')
    await expect(notes).toBeFocused()
    await page.keyboard.press('End')
    await expect.poll(() => showsLast(page)).toBe(true)
    await page.keyboard.press('Tab')
    await expect(dialog.getByRole('button', { name: 'Save as…' })).toBeFocused()
    await expectAccessible(page)
  })
}
