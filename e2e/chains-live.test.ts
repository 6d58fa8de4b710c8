import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { expectAccessible } from './axe.ts'
import { expectCards, pickFromMenu } from './board-verbs.ts'
import { attach, staged } from './live-page.ts'
import { expect, test } from './weir-app.ts'

// Chains of a real QEMU on the board: db behind vm and slow, log behind vm. What was done is confirmed from a second monitor.

const ARGS = [
  ...['-object', '{"qom-type":"throttle-group","id":"vm","limits":{"iops-total":900}}'],
  ...['-object', '{"qom-type":"throttle-group","id":"slow","limits":{"iops-total":50}}'],
  ...['-blockdev', 'null-co,node-name=n0,read-zeroes=on', '-blockdev', 'null-co,node-name=n1,read-zeroes=on'],
  ...['-blockdev', 'throttle,node-name=t0-1,throttle-group=slow,file=n0'],
  ...['-blockdev', 'throttle,node-name=t0,throttle-group=vm,file=t0-1', '-device', 'scsi-hd,id=db,drive=t0'],
  ...['-blockdev', 'throttle,node-name=t1,throttle-group=vm,file=n1', '-device', 'scsi-hd,id=log,drive=t1'],
]

const absent = missingQemu()

let qemu: RealQemu
test.beforeEach(async () => {
  test.info().skip(absent !== null, absent ?? '')
  qemu = await RealQemu.start(ARGS)
})
test.afterEach(async () => {
  if (absent === null) await qemu.close()
})

interface BlockRow {
  readonly qdev: string
  readonly inserted: { readonly group?: string; readonly iops: number }
}

/** Limits of the disk's own, by QEMU's word: `log-own 120`, or none. */
async function ownOf(qdev: string): Promise<string> {
  const rows = (await qemu.outside('query-block')) as BlockRow[]
  const inserted = rows.find((row) => row.qdev === qdev)?.inserted
  return inserted?.group === undefined ? 'none' : `${inserted.group} ${inserted.iops}`
}

test('a VM’s chains stand on the board, and own limits are given and taken away without a reopen', async ({
  launch,
}) => {
  const { board, page } = await launch()
  await attach(page, qemu)
  await expectCards(board.lane('vm'), ['db', 'log'])
  const row = (id: string) => board.card(id).locator('[data-level]')
  await expect(row('db')).toHaveAttribute('data-group', 'slow')
  await board.card('db').click()
  const chain = page.getByRole('complementary', { name: 'Chain of db' })
  await expect(chain.getByRole('radio')).toHaveCount(2)
  await expect(board.limits('slow')).toBeVisible()

  await pickFromMenu(page, board.card('log'), 'Give limits of its own')
  await expect(board.limits('log-own')).toBeVisible()
  await board.field('IOPS limit').fill('120')
  await board.field('IOPS limit').press('Enter')
  await expectCards(board.lane('vm'), ['db', 'log'])
  await expect(staged(page)).toContainText('log')
  await expectAccessible(page)
  await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(staged(page)).toBeHidden()
  expect(await ownOf('log')).toBe('log-own 120')
  await expect(row('log')).toContainText(/ \/ 120/)

  await board.handle('log').focus()
  await page.keyboard.press('Control+Shift+l')
  await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(staged(page)).toBeHidden()
  expect(await ownOf('log')).toBe('none')
  await expect(row('log')).toHaveCount(0)
})

test('a level that QEMU cannot take away is told with its reason, and stays', async ({ launch }) => {
  const { board, page } = await launch()
  await attach(page, qemu)
  await expect(board.card('db')).toBeVisible()
  await pickFromMenu(page, board.card('db'), 'Remove its own limits')
  await expect(staged(page)).toContainText('each stays in some group as long as it runs')
})
