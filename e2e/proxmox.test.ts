import { driveArgs, FakeProxmox } from '../main/proxmox/testing/fake-proxmox.ts'
import { missingQemu } from '../main/qmp/testing/real-qemu.ts'
import { staged } from './live-page.ts'
import { expect, test } from './weir-app.ts'

// A VM of a fake Proxmox: a real QEMU, and a `qm` that keeps its configuration.

const CONFIG = 'name: web01\nscsi1: local-lvm:vm-101-disk-0,aio=native,iops=500,size=1G\n'

const absent = missingQemu()

test('a VM of Proxmox is picked from the list, changed by the command shown, and kept', async ({ launch }) => {
  test.info().skip(absent !== null, absent ?? '')
  const proxmox = await FakeProxmox.make()
  try {
    await proxmox.boot('101', {
      config: CONFIG,
      style: 'filter',
      args: driveArgs({ slot: 'scsi1', style: 'filter', iops: 500 }),
    })
    const { page, board } = await launch()
    await board.shown()
    await page.keyboard.press('Control+2')
    await page.getByRole('button', { name: 'Connect to a VM…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Connect to a running QEMU' })
    await expect(dialog.getByText('Every VM of this Proxmox VE')).toBeVisible()
    // Its monitor past Proxmox is warned of, with the better way beside.
    await dialog.getByLabel('Address').fill('/run/qemu-server/101.qmp')
    await expect(dialog).toContainText('Proxmox cannot reach the VM')
    await dialog.getByRole('button', { name: 'Use proxmox:101' }).click()
    await expect(dialog.getByRole('button', { name: /web01/ })).toHaveAttribute('aria-pressed', 'true')
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(dialog).toBeHidden({ timeout: 20_000 })
    await expect(board.card('scsi1')).toBeVisible()
    await board.lane('scsi1').getByRole('heading', { name: 'scsi1', level: 2 }).click()
    await board.field('IOPS limit').fill('700')
    await board.field('IOPS limit').press('Enter')
    await staged(page)
      .getByRole('button', { name: /command/ })
      .click()
    const command = 'qm set 101 --scsi1 local-lvm:vm-101-disk-0,aio=native,size=1G,iops=700'
    await expect(page.getByText(command).first()).toBeVisible()
    await page.keyboard.press('Escape')
    await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
    await expect(staged(page)).toBeHidden({ timeout: 20_000 })
    expect(proxmox.config('101')).toContain('scsi1: local-lvm:vm-101-disk-0,aio=native,size=1G,iops=700\n')
  } finally {
    await proxmox.close()
  }
})
