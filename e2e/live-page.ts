import { expect, type Locator, type Page } from '@playwright/test'
import type { RealQemu } from '../main/qmp/testing/real-qemu.ts'

// What a user does in the live mode.

/** Gives the connect dialog the VM's address and presses Connect; what becomes of it shows in the dialog. */
export async function askToConnect(page: Page, qemu: RealQemu): Promise<Locator> {
  await page.getByRole('radio', { name: 'Live QEMU', exact: true }).click()
  await page
    .getByRole('button', { name: /^Connect/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: 'Connect to a running QEMU' })
  await dialog.getByLabel('Address').fill((qemu.address as { path: string }).path)
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
  return dialog
}

export async function attach(page: Page, qemu: RealQemu): Promise<void> {
  await expect(await askToConnect(page, qemu)).toBeHidden()
}

export function staged(page: Page): Locator {
  return page.getByRole('region', { name: 'Staged changes' })
}
