import fs from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { expectAccessible } from './axe.ts'
import { expect, test } from './weir-app.ts'

// The host view on real QEMUs in a folder: the table, the board of one VM with one key, and back with another.

const missing = missingQemu()

/** Beside the table: limits are lifted and put back, a block job is held to a speed. */
async function operate(page: Page, qemu: SmallQemu | undefined): Promise<void> {
  const outside = async (command: string, values = {}) => qemu?.outside(command, values)
  const limit = async () => {
    const blocks = (await outside('query-block')) as { readonly inserted: { readonly iops: number } }[]
    return blocks[0]?.inserted.iops
  }
  const panel = page.getByRole('complementary', { name: 'VM noisy' })
  await expect(panel.getByRole('button', { name: 'Lift limits…' })).toBeEnabled()
  await page.keyboard.press('l')
  const form = page.getByRole('dialog', { name: 'Lift limits of noisy' })
  await form.getByRole('button', { name: 'Lift', exact: true }).click()
  const bar = panel.getByRole('region', { name: 'Lifted limits' })
  await expect(bar).toContainText('Limits of vda are lifted')
  await expect(panel).toContainText('limits are lifted')
  expect(await limit()).toBe(0)
  const size = 1 << 30
  for (const node of ['disk', 'copy']) {
    await outside('blockdev-add', { driver: 'null-co', 'node-name': node, size, 'read-zeroes': true })
  }
  const job = { 'job-id': 'backup0', device: 'disk', target: 'copy', sync: 'full', speed: 1_048_576 }
  await outside('blockdev-backup', job)
  const card = panel.getByRole('region', { name: 'Block job backup0' })
  await expect(card).toContainText('% of 1')
  await expect(page.getByTitle(/^backup of backup0: \d+ % of 1 GiB/)).toHaveText(/\d+ %/)
  await expectAccessible(page)
  await bar.getByRole('button', { name: 'Put back now' }).click()
  await expect(bar).toBeHidden()
  expect(await limit()).toBe(50)
  const speed = card.getByRole('textbox', { name: 'Speed of backup0' })
  await speed.fill('8 MiB/s')
  await speed.press('Enter')
  await expect.poll(() => outside('query-block-jobs')).toMatchObject([{ speed: 8_388_608 }])
  await outside('block-job-cancel', { device: 'backup0', force: true })
  await expect(card).toBeHidden()
  await page.getByRole('table', { name: 'VMs of the host' }).click({ position: { x: 5, y: 5 } })
}

/** Percentiles of one VM: asked for in its row's menu, and no longer in its panel. */
async function measure(page: Page, qemu: SmallQemu | undefined): Promise<void> {
  const histograms = async () => {
    const rows = (await qemu?.outside('query-blockstats')) as { readonly stats: Readonly<Record<string, unknown>> }[]
    return rows.filter(({ stats }) => 'wr_latency_histogram' in stats).length
  }
  const panel = page.getByRole('complementary', { name: 'VM noisy' })
  const p99 = page.getByRole('table', { name: 'VMs of the host' }).getByRole('columnheader', { name: 'p99' })
  await expect(p99).toBeHidden()
  await page.locator('tbody tr', { hasText: 'noisy' }).click({ button: 'right' })
  await page.getByRole('menuitemcheckbox', { name: 'Measure latency percentiles' }).click()
  await expect(panel.getByRole('row', { name: /^vda writes .* m?s/ })).toBeVisible()
  await expect(panel).toContainText('By latency histograms that Weir has set in the VM')
  await expect(p99).toBeVisible()
  await expect(page.getByTitle(/^p99 of its slowest disk: writes .* that Weir has set in the VM/)).toHaveText(
    /\d [mµ]?s$/,
  )
  expect(await histograms()).toBe(1)
  // Also in a small window, beside the panel, nothing scrolls sideways.
  const sizes = await page.getByRole('region', { name: /^VMs;/ }).evaluate((frame) => ({
    window: innerWidth,
    hidden: frame.scrollWidth - frame.clientWidth,
  }))
  expect(sizes).toEqual({ window: 1280, hidden: 0 })
  await expectAccessible(page)
  await panel.getByRole('switch', { name: 'Measure latency percentiles' }).click()
  await expect(p99).toBeHidden()
  expect(await histograms()).toBe(0)
}

test.describe('a folder of real QEMUs', () => {
  test('every VM is a row, the noisiest on top; Enter opens its board, Alt ← goes back', async ({ launch, folder }) => {
    test.info().skip(missing !== null, missing ?? '')
    test.setTimeout(120_000)
    const sockets = path.join(folder, 's')
    fs.mkdirSync(sockets)
    const vms: SmallQemu[] = []
    try {
      for (const name of ['quiet', 'noisy']) {
        const drives = [`id=vda,throttling.iops-total=50,throttling.group=${name}`]
        const socket = path.join(sockets, `${name}.qmp`)
        vms.push(await SmallQemu.start({ name, socket, drives, isPlugged: true }))
      }
      const noisy = setInterval(() => void vms[1]?.io('vda', 'write', { count: 20 }).catch(() => {}), 200)
      try {
        const { app, page, board } = await launch({})
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 800))
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
        await measure(page, vms[1])
        await operate(page, vms[1])
        await page.keyboard.press('Enter')
        await expect(board.card('vda')).toBeVisible({ timeout: 20_000 })
        await expect(page.getByRole('button', { name: 'All 2 VMs' })).toBeVisible()
        await page.keyboard.press('Alt+ArrowLeft')
        await expect(rows).toHaveCount(2)
        // At once, for what the table measured: the board has seen next to nothing of it.
        await page.locator('tbody tr', { hasText: 'noisy' }).click()
        await page.keyboard.press('c')
        await expect(page.getByRole('heading', { name: 'What this load needs' })).toBeVisible({ timeout: 20_000 })
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
