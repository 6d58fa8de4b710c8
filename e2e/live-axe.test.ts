import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { expectAccessible } from './axe.ts'
import { expect, test } from './weir-app.ts'

const DISK = 'if=none,id=db,driver=null-co,throttling.iops-total=1000,throttling.group=gold'

test('axe finds nothing serious in the views of a live VM, attached, staged and lost', async ({ launch }) => {
  const absent = missingQemu()
  test.info().skip(absent !== null, absent ?? '')
  const qemu = await RealQemu.start(['-name', 'web01', '-drive', DISK, '-device', 'scsi-hd,drive=db'])
  try {
    const { page, board } = await launch()
    await page.getByRole('radio', { name: 'Live QEMU' }).click()
    await expect(page.getByText('No VM is attached')).toBeVisible()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Connect to a VM…' }).click()
    await page.getByRole('textbox', { name: 'Address' }).fill((qemu.address as { path: string }).path)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(board.card('db')).toBeVisible()

    await board.field('IOPS limit').fill('1500')
    await board.field('IOPS limit').press('Enter')
    const staged = page.getByRole('region', { name: 'Staged changes' })
    await expect(staged).toContainText('1 change not applied yet')
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await expectAccessible(page)
    }
    await staged.getByRole('button', { name: 'Show commands' }).click()
    await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Escape')

    await qemu.kill()
    await expect(page.getByRole('alert', { name: 'Connection lost' })).toContainText(/web01 does not answer/)
    await expectAccessible(page)
  } finally {
    await qemu.close()
  }
})
