import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { expectAccessible } from './axe.ts'
import { attach, staged } from './live-page.ts'
import { expect, test } from './weir-app.ts'

// A real QEMU that loses disks while Weir is attached: unplugged from a second monitor, node and all. The card stays and
// says why it does nothing; everything else on the board goes on.

const ARGS = [
  ...['-name', 'web01', '-drive', 'if=none,id=db,driver=null-co,throttling.iops-total=1000,throttling.group=gold'],
  ...['-device', 'scsi-hd,id=db0,drive=db'],
  ...['-object', '{"qom-type":"throttle-group","id":"g0","limits":{"iops-total":500}}'],
  ...['-object', '{"qom-type":"throttle-group","id":"g1","limits":{"iops-total":700}}'],
  ...['log', 'etl'].flatMap((name) => [
    ...['-blockdev', `null-co,node-name=${name}-disk,read-zeroes=on`],
    ...['-blockdev', `throttle,node-name=${name}-throttle,throttle-group=g0,file=${name}-disk`],
    ...['-device', `scsi-hd,id=${name},drive=${name}-throttle`],
  ]),
]

/** Takes a disk out of the VM as its administrator would, with the nodes below it. */
async function unplug(qemu: RealQemu, name: string): Promise<void> {
  await qemu.outside('device_del', { id: name })
  // QEMU answers before the disk has let go of its node.
  await expect.poll(() => isPlugged(qemu, name)).toBe(false)
  await qemu.outside('blockdev-del', { 'node-name': `${name}-throttle` })
  await qemu.outside('blockdev-del', { 'node-name': `${name}-disk` })
}

async function isPlugged(qemu: RealQemu, name: string): Promise<boolean> {
  const rows = (await qemu.outside('query-block')) as readonly { readonly qdev: string }[]
  return rows.some(({ qdev }) => qdev === name)
}

async function groupOf(qemu: RealQemu, name: string): Promise<string> {
  const rows = (await qemu.outside('query-block')) as readonly {
    readonly qdev: string
    readonly inserted: { readonly file: string }
  }[]
  const file = rows.find(({ qdev }) => qdev === name)?.inserted.file ?? ''
  return /"throttle-group": "([^"]*)"/.exec(file)?.[1] ?? ''
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

test('a disk unplugged from the running VM: its card says so, and the board and Apply go on', async ({ launch }) => {
  const { page, board } = await launch()
  await attach(page, qemu)
  const card = board.lane('g0').getByRole('article', { name: 'log', exact: true })
  const why = page.getByRole('region', { name: 'Why log does nothing' })
  await expect(card).toBeVisible()
  await expect(why).toBeHidden()

  await unplug(qemu, 'log')
  await expect(why).toContainText('Gone from the VM', { timeout: 20_000 })
  await expect(why).toContainText('The VM has no such disk.')
  await expect(why).toContainText('Attach it to the VM again, or remove this card.')
  await expect(card).toBeVisible()
  await expect(card.locator('[data-metric=iops]')).toBeHidden()
  await expect(page.getByRole('region', { name: 'Drift' })).toContainText('log: g0 → not there')
  await expect(page.getByRole('region', { name: 'Why etl does nothing' })).toBeHidden()
  await expectAccessible(page)
  await board.dockTab('Events').click()
  await expect(page.getByText('log is gone from the VM')).toBeVisible()

  // The lane that lost a disk, and a move out of it: both are staged and take.
  await board.lane('g0').getByRole('heading', { name: 'g0' }).click()
  await board.field('IOPS limit').fill('1500')
  await board.field('IOPS limit').press('Enter')
  await page.getByRole('button', { name: 'Menu of etl', exact: true }).click()
  await page.getByRole('menuitem', { name: /^Move to/ }).click()
  await page.getByRole('menuitem', { name: 'g1', exact: true }).click()
  await expect(staged(page)).toContainText('g0: IOPS')
  await expect(staged(page)).toContainText('etl')
  await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(staged(page)).toBeHidden()
  expect(await qemu.outside('qom-get', { path: '/objects/g0', property: 'limits' })).toMatchObject({
    'iops-total': 1500,
  })
  expect(await groupOf(qemu, 'etl')).toBe('g1')
  await expect(why).toContainText('Gone from the VM')
})

test('a card that is gone comes back with its disk, or goes for good when it is removed', async ({ launch }) => {
  const { page, board } = await launch()
  await attach(page, qemu)
  const why = page.getByRole('region', { name: 'Why log does nothing' })
  await unplug(qemu, 'log')
  await expect(why).toContainText('Gone from the VM', { timeout: 20_000 })
  await qemu.outside('blockdev-add', { driver: 'null-co', 'node-name': 'log-disk', 'read-zeroes': true })
  await qemu.outside('blockdev-add', {
    driver: 'throttle',
    'node-name': 'log-throttle',
    'throttle-group': 'g0',
    file: 'log-disk',
  })
  await qemu.outside('device_add', { driver: 'scsi-hd', id: 'log', drive: 'log-throttle' })
  await expect(why).toBeHidden({ timeout: 20_000 })
  await expect(board.card('log')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Drift' })).toBeHidden()

  await unplug(qemu, 'log')
  await expect(why).toContainText('Gone from the VM', { timeout: 20_000 })
  // No command brings a disk back: said, with nothing to send.
  await page.getByRole('region', { name: 'Drift' }).getByRole('button', { name: 'Put them back' }).click()
  await expect(staged(page)).toContainText('Nothing to apply')
  await expect(staged(page)).toContainText('log is not a disk of this VM, and Weir never plugs disks in.')
  await expect(staged(page).getByRole('button', { name: 'Apply', exact: true })).toBeDisabled()
  await page.getByRole('button', { name: 'Menu of etl', exact: true }).click()
  await expect(page.getByRole('menuitem', { name: 'Remove', exact: true })).toBeDisabled()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toBeHidden()
  await page.getByRole('button', { name: 'Menu of log', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Remove', exact: true }).click()
  await expect(board.card('log')).toBeHidden()
  await expect(page.getByRole('region', { name: 'Drift' })).toBeHidden()
  await expect(staged(page)).toBeHidden()
  await expect(board.lane('g0').getByRole('article', { name: 'etl', exact: true })).toBeVisible()
})
