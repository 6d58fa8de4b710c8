import fs from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { expectAccessible } from './axe.ts'
import { expect, test } from './weir-app.ts'

// The limits panel and the tape on a live VM: desired changes are staged beside what is in force, and the tape tells what was sent.

const ARGS = [
  ...['-name', 'web01', '-drive', 'if=none,id=db,driver=null-co,throttling.iops-total=1000,throttling.group=gold'],
  ...['-device', 'virtio-blk-pci,drive=db'],
]

/** Nothing runs in the lab meanwhile: the processor stays with the window. */
function writeEmpty(folder: string): string {
  const file = path.join(folder, 'empty.weir.json')
  fs.writeFileSync(file, JSON.stringify({ format: 'weir-workspace/1', groups: {}, devices: [] }))
  return file
}

const absent = missingQemu()

let qemu: RealQemu
test.beforeEach(async () => {
  test.info().skip(absent !== null, absent ?? '')
  qemu = await RealQemu.start(ARGS)
})
test.afterEach(async () => {
  if (absent === null) await qemu.close()
})

async function attach(page: Page): Promise<void> {
  await page.getByText('Live QEMU', { exact: true }).first().click()
  await page
    .getByRole('button', { name: /^Connect/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: 'Connect to a running QEMU' })
  await dialog.getByLabel('Address').fill((qemu.address as { path: string }).path) // started on a Unix socket
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(dialog).toBeHidden()
}

test('a desired limit stands beside what is in force until Apply sends exactly the command of the tape', async ({
  launch,
  folder,
}) => {
  const { page, board } = await launch({ files: [writeEmpty(folder)] })
  await attach(page)
  await board.lane('gold').getByRole('heading', { name: 'gold' }).click()
  const panel = board.limits('gold')
  await expect(board.field('IOPS limit')).toHaveValue(/^1\s000 \/s$/)
  await board.field('IOPS limit').fill('1500')
  await board.field('IOPS limit').press('Enter')
  await expect(panel.getByText(/in force\s+1\s000 per second/)).toBeVisible()

  await board.dockTab('QMP tape').click()
  const tape = page.getByRole('list', { name: 'QMP commands' })
  await expect(tape).toContainText('Apply would send')
  await expect(tape).toContainText('"iops": 1500')
  await expectAccessible(page)

  await page.getByRole('region', { name: 'Staged changes' }).getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(panel.getByText(/in force/)).toBeHidden()
  await expect(tape).toContainText('Apply 1')
  await expect(tape).toContainText('done')
  await expect(tape).not.toContainText('Apply would send')
  const [drive] = (await qemu.outside('query-block')) as { inserted: { iops: number } }[]
  expect(drive?.inserted.iops).toBe(1500)
})

test('a drag on a live VM is staged once, when the thumb is let go', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeEmpty(folder)] })
  await attach(page)
  await board.lane('gold').getByRole('heading', { name: 'gold' }).click()
  const box = await board.slider('IOPS limit').boundingBox()
  if (!box) throw new Error('the slider is on the screen')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2 + 20, box.y + box.height / 2, { steps: 8 })
  await expect(page.getByRole('region', { name: 'Staged changes' })).toBeHidden()
  await page.mouse.up()
  await expect(page.getByRole('region', { name: 'Staged changes' })).toBeVisible()
})

test('a device of a VM tells that its load is the guest’s', async ({ launch, folder }) => {
  const { page, board } = await launch({ files: [writeEmpty(folder)] })
  await attach(page)
  await board.card('db').click()
  const panel = page.getByRole('complementary', { name: 'Load of db' })
  await expect(panel).toContainText('The guest makes the load')
  await expect(panel.getByRole('radio', { name: 'Synthetic' })).toBeHidden()
})
