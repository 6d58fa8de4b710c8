import type { Page } from '@playwright/test'
import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { askToConnect, attach, staged } from './live-page.ts'
import { expect, test } from './weir-app.ts'

// The window attached to a real QEMU. What it did is confirmed from a second monitor, never from the window itself.

const ARGS = [
  ...['-name', 'web01', '-drive', 'if=none,id=db,driver=null-co,throttling.iops-total=1000,throttling.group=gold'],
  ...[
    '-device',
    'virtio-blk-pci,drive=db',
    '-drive',
    'if=none,id=etl,driver=null-co,throttling.bps-total=52428800,throttling.group=bulk',
  ],
  ...['-device', 'scsi-hd,drive=etl', '-object', '{"qom-type":"throttle-group","id":"g0","limits":{"iops-total":500}}'],
  ...['-object', '{"qom-type":"throttle-group","id":"g1","limits":{"iops-total":700}}'],
  ...[
    '-blockdev',
    'null-co,node-name=n0,read-zeroes=on',
    '-blockdev',
    'throttle,node-name=t0,throttle-group=g0,file=n0',
  ],
  ...['-device', 'scsi-hd,id=log,drive=t0'],
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

async function apply(page: Page): Promise<void> {
  await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(staged(page)).toBeHidden()
}

interface BlockRow {
  readonly device: string
  readonly qdev: string
  readonly inserted: { readonly group?: string; readonly iops: number; readonly file: string }
}

async function disk(name: string): Promise<BlockRow['inserted']> {
  const rows = (await qemu.outside('query-block')) as BlockRow[]
  const row = rows.find(({ device, qdev }) => device === name || qdev === name)
  if (!row) throw new Error(`QEMU has no ${name}`)
  return row.inserted
}

test('attached, the board shows the VM, its rates, and buckets marked as estimated', async ({ launch }) => {
  const { page, board } = await launch()
  await attach(page, qemu)
  for (const [lane, device] of [
    ['gold', 'db'],
    ['bulk', 'etl'],
    ['g0', 'log'],
  ] as const) {
    await expect(board.lane(lane).getByRole('article', { name: device, exact: true })).toBeVisible()
  }
  await expect(page.getByText('web01').first()).toBeVisible()
  await expect(
    board
      .lane('gold')
      .getByText(/estimated/i)
      .first(),
  ).toBeVisible()
  const submit = setInterval(() => void qemu.io('db', 'read', { count: 20 }).catch(() => undefined), 100)
  try {
    await expect.poll(() => board.metric(board.card('db'), 'iops'), { timeout: 20_000 }).toBeGreaterThan(100)
    await board.card('db').click()
    await page.getByRole('textbox', { name: 'New goal' }).fill('p99 ≤ 50 ms')
    await page.keyboard.press('Enter')
    // A goal is the workspace's: nothing of it goes to the VM, which does not tell how long single requests wait.
    await expect(board.card('db').locator('[data-goal]')).toHaveText(/wait p99 ≤ 50 ms\s*not known/)
    await expect(staged(page)).toBeHidden()
    await board.card('db').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Choose its limits…' }).click()
    await expect(page.getByRole('heading', { name: 'db', exact: true })).toBeVisible()
    await expect(page.getByRole('slider', { name: 'Proposed limits' })).toBeVisible()
    await expect(page.getByText('Counted in intervals')).toBeVisible()
    const seen = page.getByText(/requests in/)
    const before = await seen.textContent()
    await expect(async () => {
      await page.getByRole('button', { name: 'Look again' }).click()
      await expect(seen).not.toHaveText(before ?? '', { timeout: 500 })
    }).toPass({ timeout: 20_000 })
    // What was measured of all disks is what they ask for in the comparison; the VM is left as it is.
    const whatIf = page.getByRole('region', { name: 'What if' })
    await whatIf.getByRole('button', { name: 'Compare' }).click()
    await expect(whatIf.getByRole('table').getByRole('row', { name: /^db/ })).toBeVisible({ timeout: 20_000 })
    await page.getByRole('button', { name: 'Stage these limits' }).click()
    await page.keyboard.press('Control+2')
    await expect(staged(page)).toBeVisible()
  } finally {
    clearInterval(submit)
  }
})

test('a slider moved is staged with its command, and in force after Apply', async ({ launch }) => {
  const { page, board } = await launch()
  await attach(page, qemu)
  await board.lane('gold').getByRole('heading', { name: 'gold' }).click()
  await board.slider('IOPS limit').focus()
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowRight')
  await expect(staged(page)).toContainText('gold: IOPS')
  await expect(staged(page)).toContainText('Applying empties the buckets of gold')
  expect((await disk('db')).iops).toBe(1000)
  await staged(page).getByRole('button', { name: 'Show commands' }).click()
  await expect(page.getByRole('dialog', { name: 'Commands' })).toContainText('block_set_io_throttle')
  await page.keyboard.press('Escape')
  await apply(page)
  const wanted = Number((await board.field('IOPS limit').inputValue()).replace(/\D/g, ''))
  expect(wanted).toBeGreaterThan(1000)
  await expect.poll(async () => (await disk('db')).iops).toBe(wanted)
})

test('cards dragged to other lanes move the disks, in both styles', async ({ launch }) => {
  const { page, board } = await launch()
  await attach(page, qemu)
  await board.drag('db', board.lane('bulk'))
  await expect(staged(page)).toContainText('db')
  await apply(page)
  await expect.poll(async () => (await disk('db')).group).toBe('bulk')
  await board.lane('g1').scrollIntoViewIfNeeded()
  await board.drag('log', board.lane('g1'))
  await expect(staged(page)).toContainText('log')
  await apply(page)
  await expect.poll(async () => (await disk('log')).file).toContain('"throttle-group": "g1"')
  expect(await qemu.outside('qom-get', { path: '/objects/g1', property: 'limits' })).toMatchObject({
    'iops-total': 700,
  })
})

test('a staged change is reverted without a word to QEMU', async ({ launch }) => {
  const { page, board } = await launch()
  await attach(page, qemu)
  await board.drag('db', board.lane('bulk'))
  await staged(page).getByRole('button', { name: 'Revert' }).click()
  await expect(staged(page)).toBeHidden()
  await expect(board.lane('gold').getByRole('article', { name: 'db', exact: true })).toBeVisible()
  expect((await disk('db')).group).toBe('gold')
})

test('Revert over limits that somebody else has changed says what the VM differs in, and Undo stages it', async ({
  launch,
}) => {
  const { page, board } = await launch()
  await attach(page, qemu)
  await board.drag('db', board.lane('bulk'))
  await qemu.outside('qom-set', { path: '/objects/g0', property: 'limits', value: { 'iops-total': 77 } })
  const drift = page.getByRole('region', { name: 'Drift' })
  await expect(drift).toContainText('g0: IOPS: 500 → 77')
  await staged(page).getByRole('button', { name: 'Revert' }).click()
  await expect(page.getByText(/^Reverted to what the VM runs\. It differs from .*g0: IOPS: 500 → 77\.$/)).toBeVisible()
  await expect(drift).toBeHidden()
  await expect(staged(page)).toBeHidden()
  await board.button('Undo').click()
  await expect(staged(page)).toContainText('g0: IOPS 77 → 500')
  expect((await disk('db')).group).toBe('gold')
})

test('QEMU killed: the banner shows and the picture stays; restarted: it recovers, and what was lost is put back', async ({
  launch,
}) => {
  const { page, board } = await launch()
  await attach(page, qemu)
  await board.drag('db', board.lane('bulk'))
  await apply(page)
  await qemu.kill()
  const banner = page.getByRole('alert', { name: 'Connection lost' })
  await expect(banner).toContainText('web01 does not answer')
  await expect(board.card('db')).toBeVisible()
  await qemu.boot()
  await expect(banner).toBeHidden({ timeout: 20_000 })
  const drift = page.getByRole('region', { name: 'Drift' })
  await expect(drift).toContainText('db: bulk → gold')
  await drift.getByRole('button', { name: 'Put them back' }).click()
  await expect.poll(async () => (await disk('db')).group).toBe('bulk')
  await expect(drift).toBeHidden()
})

test('a socket that another client holds is told as such', async ({ launch }) => {
  const { page } = await launch()
  const { QmpClient } = await import('../main/qmp/qmp-client.ts')
  const holder = await QmpClient.connect(qemu.address)
  const dialog = await askToConnect(page, qemu)
  await expect(dialog).toContainText('another client holds this QMP socket')
  holder.close()
})
