import fs from 'node:fs'
import path from 'node:path'
import { expectAccessible } from './axe.ts'
import { expect, type RunningWeir, test } from './weir-app.ts'

// 40 requests at once every 10 s, and one a second in between: without a burst they wait, with one of 40 they do not.
const TRACE = Array.from({ length: 60 }, (_, second) => {
  const count = second % 10 === 0 ? 40 : 1
  return Array.from({ length: count }, () => `${second},read,0,4096`)
})
  .flat()
  .join('\n')

async function openChoose(
  launch: (options: { files: string[] }) => Promise<RunningWeir>,
  folder: string,
): Promise<RunningWeir> {
  for (const name of ['web', 'copy']) {
    fs.writeFileSync(path.join(folder, `${name}.trace.csv`), `time_s,op,offset,bytes\n${TRACE}\n`)
  }
  const file = path.join(folder, 'web.weir.json')
  const workspace = {
    format: 'weir-workspace/1',
    name: 'Web',
    groups: {
      gold: { 'iops-total': 20, 'bps-total': 1_000_000 },
      idle: {},
      bulk: { 'iops-total': 40 },
      pair: { 'iops-total': 80 },
    },
    devices: [
      {
        id: 'vda',
        group: 'gold',
        disk: { kind: 'null' },
        workload: { kind: 'trace', path: 'web.trace.csv', iodepth: 1024 },
      },
      ...['web', 'copy'].map((name) => ({
        id: `pair-${name}`,
        group: 'pair',
        disk: { kind: 'null' },
        workload: { kind: 'trace', path: `${name}.trace.csv`, iodepth: 1024 },
      })),
      ...['db', 'etl'].map((id) => ({
        id,
        group: 'bulk',
        disk: { kind: 'null', service: { kind: 'fixed', us: 500 } },
        workload: { kind: 'synthetic', arrivals: 'poisson', rateIops: 30, iodepth: 64 },
      })),
    ],
  }
  fs.writeFileSync(file, JSON.stringify(workspace))
  const weir = await launch({ files: [file] })
  await weir.board.shown()
  return weir
}

test('what a load needs is seen, changed by keyboard, and staged', async ({ launch, folder }) => {
  const { page, board } = await openChoose(launch, folder)
  await page.keyboard.press('Control+4')
  const point = page.getByRole('slider', { name: 'Proposed limits' })
  await expect(point).toBeVisible()
  const facts = page.getByRole('table', { name: 'On this load' })
  // Today: 2 go at once, 38 wait at 20 a second and the last one for 1.85 s.
  await expect(facts.getByRole('row', { name: /Longest wait/ })).toContainText('1.85 s')
  await expectAccessible(page)

  const longest = facts
    .getByRole('row', { name: /Longest wait/ })
    .getByRole('cell')
    .last()
  const limit = page.getByRole('textbox', { name: 'Proposed limit value' })
  await limit.fill('10')
  await limit.press('Enter')
  const burst = page.getByRole('textbox', { name: 'Proposed burst value' })
  await burst.fill('39')
  await burst.press('Enter')
  await expect(longest).toHaveText('0')
  await expect(point).toHaveAttribute('aria-valuetext', /IOPS 10, burst 39: wait p99 0, longest 0/)

  const length = page.getByRole('textbox', { name: 'Proposed burst length value' })
  await length.fill('60')
  await length.press('Enter')
  // Over 3 s the burst of 39 is as fast as the limit of 10; 2 requests go at once then, and the others wait.
  await expect(length).toHaveValue('3 s')
  await expect(longest).not.toHaveText('0')
  await length.fill('1')
  await length.press('Enter')
  await expect(longest).toHaveText('0')

  await point.press('ArrowDown')
  await expect(burst).not.toHaveValue('39')
  await point.press('ArrowRight')
  await expect(limit).toHaveValue('11 /s')

  await page.getByRole('button', { name: 'Race against today' }).click()
  const race = page.getByRole('region', { name: 'Race against today' })
  await expect(race.getByText(/last request .*; longest wait .* instead of 1.85 s/)).toBeVisible({ timeout: 20_000 })
  await expect(race.getByText('all gone')).toHaveCount(2)

  await page.getByRole('button', { name: 'Stage these limits' }).click()
  await page.keyboard.press('Control+1')
  await expect(board.limits('gold')).toBeVisible()
  await expect(board.field('IOPS limit')).toHaveValue('11 /s')
  // The other unit's limit stays.
  await expect(board.field('Bandwidth limit')).not.toHaveValue('unlimited')
  await board.button('Undo').click()
  await expect(board.field('IOPS limit')).toHaveValue('20 /s')

  await page.keyboard.press('Control+4')
  await page.getByRole('button', { name: 'Ready-made' }).click()
  await page
    .getByRole('dialog', { name: 'Ready-made limits' })
    .getByRole('button', { name: /^AWS gp3/ })
    .click()
  await expect(limit).toHaveValue(/^3.000 \/s$/)
  await page.getByRole('radio', { name: 'Writes' }).click()
  await expect(page.getByText('There are no writes in this load.')).toBeVisible()
  await page.getByRole('radio', { name: 'Reads' }).click()
  await expect(page.getByText(/removes iops-total, and writes are not limited/)).toBeVisible()
  await expectAccessible(page)
})

test('the point and the wait line are dragged with the mouse; Escape takes a drag back', async ({ launch, folder }) => {
  const { page } = await openChoose(launch, folder)
  await page.getByRole('radio', { name: 'Choose' }).click()
  const point = page.getByRole('slider', { name: 'Proposed limits' })
  await expect(point).toBeVisible()
  const before = await point.getAttribute('aria-valuenow')
  const box = await point.boundingBox()
  if (!box) throw new Error('the point is not on the screen')
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  await page.mouse.move(centre.x, centre.y)
  await page.mouse.down()
  await page.mouse.move(centre.x + 120, centre.y - 10, { steps: 6 })
  await expect(point).not.toHaveAttribute('aria-valuenow', before ?? '')
  await point.focus()
  await page.keyboard.press('Escape')
  await page.mouse.up()
  await expect(point).toHaveAttribute('aria-valuenow', before ?? '')

  await page.mouse.move(centre.x, centre.y)
  await page.mouse.down()
  await page.mouse.move(centre.x + 120, centre.y - 10, { steps: 6 })
  await page.mouse.up()
  await expect(point).not.toHaveAttribute('aria-valuenow', before ?? '')

  const wait = page.getByRole('textbox', { name: 'Longest wait allowed' })
  await expect(wait).toHaveValue('10 ms')
  const line = await page
    .locator('[data-wait-line] path')
    .first()
    .evaluate((path) => {
      if (!(path instanceof SVGPathElement)) throw new Error('the wait line is a path')
      const matrix = path.getScreenCTM()
      const frame = path.closest('svg[aria-label]')?.getBoundingClientRect()
      if (!matrix || !frame) throw new Error('the chart is drawn')
      // The first place of the line that lies well inside the chart and away from the point.
      for (let share = 0.3; share < 1; share += 0.02) {
        const { x, y } = path.getPointAtLength(path.getTotalLength() * share).matrixTransform(matrix)
        if (x > frame.left + 150 && y > frame.top + 60 && y < frame.bottom - 140) return { x, y }
      }
      throw new Error('the wait line is in sight')
    })
  await page.mouse.move(line.x, line.y)
  await page.mouse.down()
  await page.mouse.move(line.x, line.y + 60, { steps: 8 })
  await page.mouse.up()
  await expect(wait).not.toHaveValue('10 ms')
})

test('a group without a load says so, and a recording is opened instead', async ({ launch, folder }) => {
  const { app, page } = await openChoose(launch, folder)
  await page.getByRole('radio', { name: 'Choose' }).click()
  // Neither of its recordings says when it began.
  await page.getByRole('combobox', { name: 'Whose load' }).click()
  await page.getByRole('option', { name: 'pair group' }).click()
  await expect(page.getByText('These loads were not recorded at the same time')).toBeVisible()
  await page.getByRole('combobox', { name: 'Whose load' }).click()
  await page.getByRole('option', { name: /^idle/ }).click()
  await expect(page.getByText('they have no load')).toBeVisible()
  await app.evaluate(
    ({ dialog }, file) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [file] })
    },
    path.join(folder, 'web.trace.csv'),
  )
  await page.getByRole('button', { name: 'Open a recorded load…' }).click()
  await expect(page.getByRole('heading', { name: 'web.trace.csv' })).toBeVisible()
  await expect(page.getByRole('slider', { name: 'Proposed limits' })).toBeVisible()
})

test('a card and a dropped file are looked at, too; group or split, and a move that is not made', async ({
  launch,
  folder,
}) => {
  const { page, board } = await openChoose(launch, folder)
  await board.card('etl').click()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('choose the limits of etl')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'etl', exact: true })).toBeVisible()
  await expect(page.getByRole('slider', { name: 'Proposed limits' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Group or split' })).toBeHidden()
  await page.getByRole('button', { name: 'Stage these limits' }).click()
  await page.keyboard.press('Control+1')
  await expect(board.card('etl').locator('[data-group="etl-own"]')).toBeVisible()
  await board.button('Undo').click()
  await expect(board.card('etl').locator('[data-group="etl-own"]')).toBeHidden()

  await page.getByRole('button', { name: 'Menu of group bulk' }).click()
  await page.getByRole('menuitem', { name: 'Choose limits…' }).click()
  const split = page.getByRole('region', { name: 'Group or split' })
  await expect(split).toContainText(/2 disks, p99 ≤ 10 ms, no burst/)
  await expect(split.getByRole('row', { name: /^Shared, of each disk \d+ IOPS/ })).toBeVisible()
  await expect(split.getByRole('row', { name: /^Shared, of all together \d+ IOPS/ })).toBeVisible()
  const whatIf = page.getByRole('region', { name: 'What if' })
  await whatIf.getByRole('combobox', { name: 'Device that would move' }).click()
  await page.getByRole('option', { name: 'etl' }).click()
  await whatIf.getByRole('combobox', { name: 'Group it would move to' }).click()
  await page.getByRole('option', { name: 'Not throttled' }).click()
  await whatIf.getByRole('button', { name: 'Compare' }).click()
  // 60 a second for 40, and then each as it likes.
  await expect(whatIf).toContainText('db and etl gain.')
  await expect(whatIf.getByRole('row', { name: /^etl / })).toContainText(/20.*3\d/)
  await expectAccessible(page)
  await expect(board.button('Undo')).toBeDisabled()

  const input = await page.evaluateHandle(() => {
    const made = document.createElement('input')
    made.type = 'file'
    document.body.append(made)
    return made
  })
  await input.setInputFiles(path.join(folder, 'web.trace.csv'))
  const files = await input.evaluateHandle((made) => {
    const transfer = new DataTransfer()
    for (const file of made.files ?? []) transfer.items.add(file)
    made.remove()
    return transfer
  })
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: files })
  await expect(page.getByText('Drop to open a workspace or to look at a recorded load.')).toBeVisible()
  await page.dispatchEvent('main', 'drop', { dataTransfer: files })
  await expect(page.getByRole('heading', { name: 'web.trace.csv' })).toBeVisible()
  await expect(page.getByRole('slider', { name: 'Proposed limits' })).toBeVisible()
})
