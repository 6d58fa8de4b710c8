import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { expectAccessible } from './axe.ts'
import { attach, staged } from './live-page.ts'
import { expect, test } from './weir-app.ts'

// A real QEMU that refuses one command of an Apply: something that is no throttle group has the name of the new one.

const ARGS = [
  ...['-name', 'web01', '-object', 'iothread,id=fresh'],
  ...['-drive', 'if=none,id=db,driver=null-co,throttling.iops-total=1000,throttling.group=gold'],
  ...['-device', 'scsi-hd,drive=db'],
  ...['-object', '{"qom-type":"throttle-group","id":"g0","limits":{"iops-total":500}}'],
  ...['-blockdev', 'null-co,node-name=n0,read-zeroes=on'],
  ...['-blockdev', 'throttle,node-name=t0,throttle-group=g0,file=n0', '-device', 'scsi-hd,id=log,drive=t0'],
]

/** What the second monitor says: the limit of db, and the filter of log. */
async function outside(qemu: RealQemu): Promise<{ readonly iops: number | undefined; readonly filter: string }> {
  const rows = (await qemu.outside('query-block')) as {
    readonly device: string
    readonly qdev: string
    readonly inserted: { readonly iops: number; readonly file: string }
  }[]
  const filter = rows.find(({ qdev }) => qdev === 'log')?.inserted.file ?? ''
  return { iops: rows.find(({ device }) => device === 'db')?.inserted.iops, filter }
}

test('an Apply that QEMU takes in part: what took, what did not and why, and the rest stays staged', async ({
  launch,
}) => {
  const absent = missingQemu()
  test.info().skip(absent !== null, absent ?? '')
  const qemu = await RealQemu.start(ARGS)
  try {
    const { page, board } = await launch()
    await attach(page, qemu)
    await board.lane('gold').getByRole('heading', { name: 'gold' }).click()
    await board.field('IOPS limit').fill('1500')
    await board.field('IOPS limit').press('Enter')
    await page.keyboard.press('Control+g')
    await page.keyboard.type('fresh')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Menu of log', exact: true }).click()
    await page.getByRole('menuitem', { name: /^Move to/ }).click()
    await page.getByRole('menuitem', { name: 'fresh', exact: true }).click()
    await expect(board.lane('fresh').getByRole('article', { name: 'log', exact: true })).toBeVisible()
    await expect(staged(page)).toContainText('gold: IOPS')

    await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
    const report = page.getByRole('dialog', { name: 'Not everything took effect' })
    await expect(report).toContainText('2 of 3 commands failed')
    const answers = report.getByRole('list', { name: 'Answers' }).getByRole('listitem')
    await expect(answers.filter({ hasText: 'block_set_io_throttle' }).getByLabel('Done')).toBeVisible()
    await expect(answers.filter({ hasText: 'object-add' })).toContainText("attempt to add duplicate property 'fresh'")
    await expect(answers.filter({ hasText: 'blockdev-reopen' })).toContainText('fresh could not be made')
    await expectAccessible(page)
    expect(await outside(qemu)).toEqual({ iops: 1500, filter: expect.stringContaining('"throttle-group": "g0"') })

    // What took is no longer staged; what did not waits, and goes under another name.
    await page.keyboard.press('Escape')
    await expect(report).toBeHidden()
    await expect(staged(page)).toContainText('log')
    await expect(staged(page)).not.toContainText('gold: IOPS')
    await board.lane('fresh').getByRole('button', { name: 'fresh', exact: true }).click()
    await page.keyboard.press('F2')
    await page.keyboard.type('silver')
    await page.keyboard.press('Enter')
    await expect(board.lane('silver')).toBeVisible()
    await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
    await expect(staged(page)).toBeHidden()
    expect((await outside(qemu)).filter).toContain('"throttle-group": "silver"')
  } finally {
    await qemu.close()
  }
})
