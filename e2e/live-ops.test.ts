import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import type { ElectronApplication, Page } from '@playwright/test'
import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { expectAccessible } from './axe.ts'
import { attach, staged } from './live-page.ts'
import { answerSaveDialog } from './native-dialogs.ts'
import { expect, test } from './weir-app.ts'

// What an operator does beside limits, on a real QEMU: block jobs, a lift, alarms.

const ARGS = [
  ...['-name', 'web01', '-drive', 'if=none,id=db,driver=null-co,throttling.iops-total=100,throttling.group=gold'],
  ...['-device', 'scsi-hd,drive=db', '-object', '{"qom-type":"throttle-group","id":"g0","limits":{"iops-total":50}}'],
  ...['-blockdev', 'null-co,node-name=n0,read-zeroes=on'],
  ...['-blockdev', 'throttle,node-name=t0,throttle-group=g0,file=n0', '-device', 'scsi-hd,id=log,drive=t0'],
]

async function start(): Promise<RealQemu> {
  const absent = missingQemu()
  test.info().skip(absent !== null, absent ?? '')
  return RealQemu.start(ARGS)
}

/** What the second monitor says: the group of db, the IOPS limit of g0. */
async function outside(qemu: RealQemu): Promise<readonly [string | null, number]> {
  const { db = null } = await qemu.groups()
  const where = { path: '/objects/g0', property: 'limits' }
  const limits = (await qemu.outside('qom-get', where)) as { readonly 'iops-total': number }
  return [db, limits['iops-total']]
}

/** From the menu of the VM's pill. */
async function openForm(page: Page, name: string): Promise<void> {
  await page.getByTitle(/^unix:/).click()
  await page.getByRole('menuitem', { name }).click()
}

/** Once until it is stopped, once until the VM goes away; nothing is written before somebody says where. */
async function recordTwice(qemu: RealQemu, page: Page, app: ElectronApplication): Promise<void> {
  const bar = page.getByRole('region', { name: 'Recording' })
  const file = path.join(qemu.folder, 'db.trace.gz')
  await answerSaveDialog(app, file)
  await openForm(page, 'Record its load…')
  await expect(bar).toContainText('Recording to db.trace.gz')
  await expect(bar.getByRole('timer')).toHaveText(/00:0[2-9]/)
  await expectAccessible(page)
  await qemu.io('db', 'read', { count: 20 })
  await expect(page.getByRole('region', { name: 'Operations' })).toBeVisible()
  await bar.getByRole('button', { name: 'Stop' }).click()
  await expect(bar).toContainText(/db\.trace\.gz: \d+ requests? in/)
  const text = zlib.gunzipSync(fs.readFileSync(file)).toString('utf8')
  expect(text).toMatch(
    /^# weir-recording\/1\n# \{"name":"web01","startedMs":\d+,"limits":\{"gold":\{"iops-total":100\}/,
  )
  await bar.getByRole('button', { name: 'Close' }).click()
  await expect(bar).toBeHidden()

  const gone = path.join(qemu.folder, 'gone.trace.gz')
  await answerSaveDialog(app, gone)
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox').fill('record its load')
  await page.keyboard.press('Enter')
  await expect(bar.getByRole('timer')).toHaveText(/00:0[2-9]/)
  await qemu.kill()
  await expect(bar).toContainText('Ended early')
  expect(zlib.gunzipSync(fs.readFileSync(gone)).toString('utf8')).toContain('# weir-recording/1')
}

const WHOLE = ['gold', 50]
const LIFTED = [null, 0]

test('a backup is a card with progress, and its speed is staged and applied like a limit', async ({ launch }) => {
  const qemu = await start()
  try {
    await qemu.outside('blockdev-add', { driver: 'null-co', 'node-name': 'copy', size: 1 << 30 })
    const job = { 'job-id': 'backup0', device: 't0', target: 'copy', sync: 'full', speed: 1_048_576 }
    await qemu.outside('blockdev-backup', job)
    const { app, page } = await launch()
    await attach(page, qemu)
    const card = page.getByRole('region', { name: 'Block job backup0' })
    await expect(card).toContainText('backup of log')
    await expect(card).toContainText('counts against the limits of g0')
    await expect(card).toContainText('% of 1')
    await expectAccessible(page)
    const speed = card.getByRole('textbox', { name: 'Speed of backup0' })
    await speed.fill('8 MiB/s')
    await speed.press('Enter')
    await expect(staged(page)).toContainText('backup0: speed')
    expect(await qemu.outside('query-block-jobs')).toMatchObject([{ speed: 1_048_576 }])
    await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
    await expect(staged(page)).toBeHidden()
    expect(await qemu.outside('query-block-jobs')).toMatchObject([{ speed: 8 * 1_048_576 }])
    await qemu.outside('block-job-cancel', { device: 'backup0', force: true })
    await expect(card).toBeHidden()
    await recordTwice(qemu, page, app)
  } finally {
    await qemu.close()
  }
})

test('limits are lifted for a time and put back by the button, by closing Weir, and after it was killed', async ({
  launch,
}) => {
  test.setTimeout(180_000) // Weir starts three times, beside another window
  const qemu = await start()
  try {
    const first = await launch()
    await attach(first.page, qemu)
    const lift = async (page: typeof first.page) => {
      await openForm(page, 'Lift limits…')
      await page.getByRole('button', { name: 'Lift', exact: true }).click()
      const bar = page.getByRole('region', { name: 'Lifted limits' })
      await expect(bar).toContainText(/Limits of .* are lifted/)
      await expect(bar.getByRole('timer')).toContainText(/for (0:)?(30:00|29:\d\d)/)
      expect(await outside(qemu)).toEqual(LIFTED)
      return bar
    }
    const bar = await lift(first.page)
    await expectAccessible(first.page)
    await bar.getByRole('button', { name: 'Put back now' }).click()
    await expect(bar).toBeHidden()
    expect(await outside(qemu)).toEqual(WHOLE)

    await openForm(first.page, 'Lift limits…')
    await first.page.getByRole('combobox', { name: 'What to lift' }).click()
    await first.page.getByRole('option', { name: 'Disk db alone' }).click()
    await first.page.getByRole('button', { name: 'Lift', exact: true }).click()
    await expect(bar).toContainText('Limits of db are lifted')
    expect(await outside(qemu)).toEqual([null, 50])
    await bar.getByRole('button', { name: 'Put back now' }).click()
    await expect(bar).toBeHidden()
    expect(await outside(qemu)).toEqual(WHOLE)

    await lift(first.page)
    await first.close()
    expect(await outside(qemu)).toEqual(WHOLE)

    const second = await launch({ dataFolder: first.dataFolder })
    await attach(second.page, qemu)
    await lift(second.page)
    const gone = new Promise((resolve) => second.app.process().once('exit', resolve))
    second.app.process().kill('SIGKILL')
    await gone
    expect(await outside(qemu)).toEqual(LIFTED)
    const third = await launch({ dataFolder: first.dataFolder })
    await expect(third.page.getByText(/were lifted by a Weir that has ended; they have been put back/)).toBeVisible()
    expect(await outside(qemu)).toEqual(WHOLE)
  } finally {
    await qemu.close()
  }
})

test('a disk that is slow and at its limit is an alarm, on its card too; the thresholds are remembered', async ({
  launch,
}) => {
  const qemu = await start()
  try {
    const first = await launch()
    await attach(first.page, qemu)
    await openForm(first.page, 'Alarms…')
    const latency = first.page.getByRole('textbox', { name: 'Latency above' })
    await latency.fill('20 ms')
    await latency.press('Enter')
    await first.page.keyboard.press('Escape')
    await qemu.io('db', 'read', { count: 3000 })
    const alarms = first.page.getByRole('region', { name: 'Alarms', exact: true })
    await expect(alarms).toContainText('db: reads take', { timeout: 20_000 })
    await expect(first.board.card('db').getByRole('img', { name: /reads take/ })).toBeVisible()
    await expectAccessible(first.page)
    const bins = async () => {
      const rows = (await qemu.outside('query-blockstats')) as readonly { readonly stats: object }[]
      return rows.map(({ stats }) => 'wr_latency_histogram' in stats)
    }
    expect(await bins()).toEqual([false, false])
    await first.page.getByTitle(/^unix:/).click()
    await first.page.getByRole('menuitemcheckbox', { name: 'Percentiles of latency' }).click()
    await first.page.keyboard.press('Escape')
    // 3000 reads at 100 IOPS: the last ones have waited for half a minute.
    await expect(first.board.card('db')).toContainText(/p50 [\d>].*s · p99 [\d>].*s/)
    await expect(first.board.card('db').getByTitle(/histogram that Weir has set in the VM/)).toBeVisible()
    expect(await bins()).toEqual([true, true])
    await expectAccessible(first.page)
    await openForm(first.page, 'Alarms…')
    await first.page.getByRole('switch', { name: 'Alarms' }).click()
    await first.page.keyboard.press('Escape')
    await expect(alarms).toBeHidden()
    await first.close()
    expect(await bins()).toEqual([false, false])
    const second = await launch({ dataFolder: first.dataFolder })
    await attach(second.page, qemu)
    await openForm(second.page, 'Alarms…')
    await expect(second.page.getByRole('textbox', { name: 'Latency above' })).toHaveValue('20 ms')
    await expect(second.page.getByRole('switch', { name: 'Alarms' })).not.toBeChecked()
  } finally {
    await qemu.close()
  }
})
