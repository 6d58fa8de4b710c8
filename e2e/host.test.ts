import fs from 'node:fs'
import path from 'node:path'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { expectAccessible } from './axe.ts'
import { expect, test } from './weir-app.ts'

// The host view on real QEMUs in a folder: the table, the board of one VM with one key, and back with another.

const missing = missingQemu()

test.describe('a folder of real QEMUs', () => {
  test('every VM is a row, the noisiest on top; Enter opens its board, Alt ← goes back', async ({ launch, folder }) => {
    test.info().skip(missing !== null, missing ?? '')
    const sockets = path.join(folder, 's')
    fs.mkdirSync(sockets)
    const vms: SmallQemu[] = []
    try {
      for (const name of ['quiet', 'noisy']) {
        const drives = [`id=vda,throttling.iops-total=50,throttling.group=${name}`]
        vms.push(await SmallQemu.start({ name, socket: path.join(sockets, `${name}.qmp`), drives }))
      }
      const noisy = setInterval(() => void vms[1]?.io('vda', 'write', { count: 20 }).catch(() => {}), 200)
      try {
        const { page, board } = await launch({})
        await board.shown()
        await page.keyboard.press('Control+2')
        await page.getByRole('button', { name: 'Connect to a VM…' }).click()
        await page.getByRole('textbox', { name: 'Address' }).fill(sockets)
        await page.keyboard.press('Enter')
        const rows = page.getByRole('table', { name: 'VMs of the host' }).locator('tbody tr')
        await expect(rows).toHaveCount(2)
        await expect(rows.first()).toContainText('noisy')
        await expect(rows.first()).toContainText(/\d+ % of 50/)
        await expect(page.getByRole('complementary', { name: 'VM noisy' })).toContainText('vda')
        const chart = page.getByRole('img', {
          name: /^IOPS of the host over the last 15 minutes; noisy has 100 % now$/,
        })
        await expect(chart).toBeVisible()
        await expect(rows.first()).toContainText('at limit', { timeout: 30_000 })
        await page.getByRole('button', { name: 'At a limit 1' }).click()
        await expect(page.getByRole('radio', { name: 'At a limit 1' })).toBeChecked()
        await expect(rows).toHaveCount(1)
        await page.getByRole('radio', { name: 'Alarms 1' }).click()
        await expect(rows).toHaveCount(1)
        await page.getByRole('radio', { name: 'All 2' }).click()
        await expectAccessible(page)
        await page.keyboard.press('Enter')
        await expect(board.card('vda')).toBeVisible({ timeout: 20_000 })
        await expect(page.getByRole('button', { name: 'All 2 VMs' })).toBeVisible()
        await page.keyboard.press('Alt+ArrowLeft')
        await expect(rows).toHaveCount(2)
        await page.getByRole('button', { name: 'VM', exact: true }).click()
        await expect(rows.last()).toContainText('quiet')
        await page.locator('tbody tr', { hasText: 'noisy' }).click()
        await page.getByRole('textbox', { name: 'Filter VMs' }).fill('qui')
        await expect(rows).toHaveCount(1)
        await expect(page.getByRole('complementary', { name: 'VM quiet' })).toBeVisible()
      } finally {
        clearInterval(noisy)
      }
    } finally {
      for (const vm of vms) await vm.kill()
    }
  })
})
