import fs from 'node:fs'
import path from 'node:path'
import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { frame, setTheme, take, takePart, waitUntilS, watch } from './take-picture.ts'
import { EXAMPLE, expect, ROOT, test } from './weir-app.ts'

// The pictures of README and docs, taken from the real app: `npm run screenshots`. No picture shows a made-up number.

/** The whole of the limits panel. */
const TALL = { width: 1440, height: 990 }

test.setTimeout(180_000)

test('the lab: board while a card is dragged, limits, timeline, export, light', async ({ launch }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE], run: true })
  await frame(app)
  await setTheme(page, 'dark')
  await board.shown()
  await waitUntilS(page, 30)

  const from = await board.handle('batch-etl').boundingBox()
  const to = await board.lane('bulk').boundingBox()
  if (!from || !to) throw new Error('both lanes are on the screen')
  await page.mouse.move(from.x + 6, from.y + 6)
  await page.mouse.down()
  await page.mouse.move(from.x + 40, from.y + 30, { steps: 6 })
  await page.mouse.move(to.x + to.width * 0.48, to.y + to.height * 0.42, { steps: 20 })
  await board.snapshots(3)
  await take(page, 'board')
  await page.mouse.up()
  await expect(board.lane('bulk').getByRole('article', { name: 'batch-etl' })).toBeVisible()

  await board.lane('gold').getByRole('heading', { name: 'gold' }).click()
  await waitUntilS(page, 50)
  await takePart(page, 'timeline', '[aria-label="Dock"], section:has([role=tablist])')
  await board.button('Export').click()
  await expect(page.getByRole('radio', { name: /^JSON Schema (exact|\d)/ })).toBeVisible()
  await page.getByRole('radio', { name: /^HMP/ }).click()
  await take(page, 'export')
  await page.keyboard.press('Escape')
  // The focus goes back to the button; its ring belongs to no picture.
  await expect(board.button('Export')).toBeFocused()
  await setTheme(page, 'light')
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.mouse.move(720, 4)
  await board.snapshots(5)
  await take(page, 'light')

  await setTheme(page, 'dark')
  await frame(app, TALL)
  await board.snapshots(5)
  await takePart(page, 'limits', 'aside, [role=complementary]')
})

test('chains: disks with limits of their own under caps', async ({ launch }) => {
  const { app, page, board } = await launch({
    files: [path.join(ROOT, 'examples/disks-under-a-cap.weir.json')],
    run: true,
  })
  await frame(app)
  await setTheme(page, 'dark')
  await board.shown()
  await waitUntilS(page, 30)
  await board.card('log').click()
  await page.getByRole('combobox', { name: 'Measure' }).click()
  await page.getByRole('option', { name: /^Wait by level/ }).click()
  await board.card('log').click()
  await waitUntilS(page, 50)
  await board.snapshots(3)
  await take(page, 'chains')
})

const VM = [
  ...['-name', 'vm-web01'],
  ...drive(
    'db-primary',
    'gold',
    'throttling.iops-total=1000,throttling.iops-total-max=4000,throttling.iops-total-max-length=10',
  ),
  ...drive(
    'web-01',
    'gold',
    'throttling.iops-total=1000,throttling.iops-total-max=4000,throttling.iops-total-max-length=10',
  ),
  ...drive(
    'mail',
    'gold',
    'throttling.iops-total=1000,throttling.iops-total-max=4000,throttling.iops-total-max-length=10',
  ),
  ...drive('backup', 'bulk', 'throttling.iops-total=2000,throttling.bps-total=52428800'),
  ...drive(
    'batch-etl',
    'gold',
    'throttling.iops-total=1000,throttling.iops-total-max=4000,throttling.iops-total-max-length=10',
  ),
  ...['-drive', 'if=none,id=scratch,driver=null-co', '-device', 'scsi-hd,drive=scratch'],
]

function drive(id: string, group: string, limits: string): readonly string[] {
  return [
    '-drive',
    `if=none,id=${id},driver=null-co,${limits},throttling.group=${group}`,
    '-device',
    `scsi-hd,drive=${id}`,
  ]
}

const LOADS = [
  ['db-primary', 'read', 4096, 9],
  ['web-01', 'read', 8192, 7],
  ['mail', 'write', 65_536, 5],
  ['backup', 'read', 131_072, 4],
  ['batch-etl', 'write', 131_072, 3],
  ['scratch', 'write', 4096, 12],
] as const

test('a live VM with staged changes', async ({ launch }) => {
  const absent = missingQemu()
  test.info().skip(absent !== null, absent ?? '')
  const qemu = await RealQemu.start(VM)
  let isOver = false
  const submit = async () => {
    while (!isOver) for (const [disk, op, bytes, count] of LOADS) await qemu.io(disk, op, { bytes, count })
  }
  const load = submit().catch(() => undefined)
  try {
    const { app, page, board } = await launch({ files: [EXAMPLE] })
    await frame(app)
    await setTheme(page, 'dark')
    await page.getByRole('radio', { name: 'Live QEMU' }).click()
    await page.getByRole('button', { name: 'Connect to a VM…' }).click()
    await page.getByRole('textbox', { name: 'Address' }).fill((qemu.address as { path: string }).path)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(board.card('db-primary')).toBeVisible()
    await watch(board, 30)
    await board.lane('gold').getByRole('heading', { name: 'gold' }).click()
    await board.field('IOPS limit').fill('1500')
    await board.field('IOPS limit').press('Enter')
    await board.drag('batch-etl', board.lane('bulk'))
    await expect(page.getByRole('region', { name: 'Staged changes' })).toContainText('batch-etl')
    await page.mouse.move(720, 4)
    await board.snapshots(3)
    await take(page, 'live')
  } finally {
    isOver = true
    await load
    await qemu.close()
  }
})

test('a prediction: limits before and after', async ({ launch }) => {
  const { app, page, board } = await launch({ files: [path.join(ROOT, 'examples/night-shift.weir.json')] })
  await frame(app)
  await setTheme(page, 'dark')
  await board.shown()
  await page.getByRole('radio', { name: 'Predict' }).click()
  await page.getByRole('textbox', { name: 'Duration' }).fill('5 min')
  await page.getByRole('textbox', { name: 'Duration' }).press('Enter')
  const run = async () => {
    await page.getByRole('button', { name: 'Run prediction' }).click()
    await expect(board.slider('Moment')).toBeVisible({ timeout: 90_000 })
  }
  await run()
  await board.lane('day').getByRole('heading', { name: 'day' }).click()
  await board.field('IOPS limit').fill('900')
  await board.field('IOPS limit').press('Enter')
  await run()
  await page.getByRole('radio', { name: 'Result' }).click()
  await page.keyboard.press('Control+j')
  await page.mouse.move(720, 4)
  await take(page, 'predict')
})

test('an import with what was not understood', async ({ launch }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await frame(app)
  await setTheme(page, 'dark')
  await board.shown()
  await page.keyboard.press('Control+i')
  await page.getByRole('textbox', { name: 'Text' }).fill(FIO)
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText('devices')
  await take(page, 'import')
})

const FIO = `[global]
ioengine=libaio
direct=1
runtime=60
size=4g

[db]
rw=randrw
rwmixread=70
bs=8k
iodepth=16
rate_iops=800,300

[logs]
rw=write
bs=64k
iodepth=2
rate=20m
thinktime=500
verify=crc32c

[backup]
rw=read
bssplit=128k/70:1m/30
iodepth=8
startdelay=30
`

/** A quiet load with a burst of up to 90 requests each few seconds, as `weir record` might have seen it, from a fixed seed. */
function burstyTrace(): string {
  let state = 12_345
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
  const rows = Array.from({ length: 600 }, (_, second) => {
    const count = random() < 0.06 ? Math.round(12 + 78 * random() ** 2) : Math.round(3 * random())
    return Array.from({ length: count }, () => `${(second + random()).toFixed(3)},read,0,4096`)
  })
  return rows
    .flat()
    .sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b))
    .join('\n')
}

test('choosing a limit: what a load needs, and a race against today', async ({ launch, folder }) => {
  fs.writeFileSync(path.join(folder, 'web01.trace.csv'), `time_s,op,offset,bytes\n${burstyTrace()}\n`)
  const workload = { kind: 'trace', path: 'web01.trace.csv', iodepth: 1024 }
  const workspace = {
    format: 'weir-workspace/1',
    name: 'web-tier',
    groups: { gold: { 'iops-total': 25 }, bulk: { 'iops-total': 50 } },
    devices: [{ id: 'web01', group: 'gold', disk: { kind: 'null' }, workload }],
  }
  const file = path.join(folder, 'web-tier.weir.json')
  fs.writeFileSync(file, JSON.stringify(workspace))
  const { app, page, board } = await launch({ files: [file] })
  await frame(app)
  await setTheme(page, 'dark')
  await board.shown()
  await page.keyboard.press('Control+4')
  const race = page.getByRole('region', { name: 'Race against today' })
  await race.getByRole('button').click()
  await expect(race.getByText(/last request .*; longest wait .* instead of/)).toBeVisible({ timeout: 30_000 })
  await page.mouse.move(720, 4)
  await take(page, 'choose')
})
