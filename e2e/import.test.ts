import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { expectAccessible } from './axe.ts'
import { answerOpenDialog } from './native-dialogs.ts'
import { EXAMPLE, expect, test } from './weir-app.ts'

const COMMAND_LINE =
  'qemu-system-x86_64 -object throttle-group,id=gold,x-iops-total=700 -object throttle-group,id=slow,x-bps-total=1048576 ' +
  '-blockdev throttle,node-name=t0,throttle-group=slow,file=d0 -blockdev null-co,node-name=d0 -device virtio-blk,drive=t0,id=disk0'

test('a pasted command line shows its groups and opens as a new workspace', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+i')
  const dialog = page.getByRole('dialog', { name: 'Import' })
  await dialog.getByRole('textbox', { name: 'Text' }).fill(COMMAND_LINE)
  const found = dialog.getByRole('region', { name: 'What was found' })
  await expect(found).toContainText('2 groups')
  await expect(found.getByRole('list', { name: 'Groups found' })).toContainText('bandwidth 1 MiB/s')
  await expect(dialog.getByRole('combobox', { name: 'Format' })).toContainText('Guessed: Command line')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Open as new workspace' }).click()
  await expect(board.lane('slow')).toBeVisible()
  await expect(board.lane('bulk')).toHaveCount(0)
})

test('merging keeps both where names clash, as one undo step', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+i')
  await page.getByRole('textbox', { name: 'Text' }).fill(COMMAND_LINE)
  await page.getByRole('radio', { name: 'Keep both' }).click()
  await page.getByRole('button', { name: 'Merge into this one' }).click()
  await expect(board.lane('gold-2')).toBeVisible()
  await expect(board.lane('bulk')).toBeVisible()
  await board.button('Undo').click()
  await expect(board.lane('gold-2')).toHaveCount(0)
})

test('replacing takes the imported limits', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+i')
  await page.getByRole('textbox', { name: 'Text' }).fill(COMMAND_LINE)
  await expect(page.getByText('gold is in this workspace already:')).toBeVisible()
  await page.getByRole('button', { name: 'Merge into this one' }).click()
  await expect(board.field('IOPS limit')).toHaveValue(/700/)
})

test('a file from the open dialog, in a format that is then chosen by hand', async ({ launch, folder }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const file = path.join(folder, 'job.fio')
  fs.writeFileSync(file, '[global]\nrw=randread\nbs=8k\niodepth=4\n[web]\n[db]\nrw=randwrite\n')
  await answerOpenDialog(app, file)
  await page.keyboard.press('Control+i')
  await page.getByRole('button', { name: 'Open file…' }).click()
  const found = page.getByRole('region', { name: 'What was found' })
  await expect(found).toContainText('2 devices')
  await page.getByRole('combobox', { name: 'Format' }).click()
  await page.getByRole('option', { name: 'Domain XML' }).click()
  await expect(found.getByLabel('Error').first()).toBeVisible()
})

test('a packed recording is read from its file, and its requests come along', async ({ launch, folder }) => {
  const { app, page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const file = path.join(folder, 'web.csv.gz')
  const lines = Array.from({ length: 500 }, (_, index) => `${index / 100},read,${index * 4096},4096\n`)
  fs.writeFileSync(file, zlib.gzipSync(`time_s,op,offset,bytes\n${lines.join('')}`))
  await answerOpenDialog(app, file)
  await page.keyboard.press('Control+i')
  const dialog = page.getByRole('dialog', { name: 'Import' })
  await dialog.getByRole('button', { name: 'Open file…' }).click()
  await expect(dialog.getByText('A recording, read from its file')).toBeVisible()
  await expect(dialog.getByRole('region', { name: 'What was found' })).toContainText(/trace .*\.csv/)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Open as new workspace' }).click()
  await expect(board.card('disk')).toBeVisible()
  await page.keyboard.press('Control+1')
  await board.button('Start').click()
  await expect.poll(() => board.metric(board.card('disk'), 'iops')).toBeGreaterThan(50)
})

test('a file dropped on the window goes to the import', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const files = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([text], 'vm.args', { type: 'text/plain' }))
    return transfer
  }, COMMAND_LINE)
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: files })
  await expect(page.getByText('Drop to open a workspace or to import anything else.')).toBeVisible()
  await page.dispatchEvent('main', 'drop', { dataTransfer: files })
  await expect(page.getByRole('dialog', { name: 'Import' })).toContainText('vm.args')
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText('2 groups')
})

test('a trace comes along with its file, and both the lab and the prediction play it', async ({ launch }) => {
  const { page, board, pageErrors } = await launch({ files: [EXAMPLE] })
  await board.shown()
  const requests = Array.from({ length: 400 }, (_, index) => `${index * 5} sda read ${index * 4096} 4096`)
  const iolog = ['fio version 3 iolog', '0 sda add', '0 sda open', ...requests, '2000 sda close', ''].join('\n')
  await page.keyboard.press('Control+i')
  await page.getByRole('textbox', { name: 'Text' }).fill(iolog)
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText(/trace .*\.csv/)
  await page.getByRole('button', { name: 'Open as new workspace' }).click()
  await expect(board.card('sda')).toBeVisible()
  await page.keyboard.press('Control+3')
  await page.getByRole('textbox', { name: 'Duration' }).fill('2s')
  await page.getByRole('textbox', { name: 'Duration' }).press('Enter')
  await page.getByRole('button', { name: 'Run prediction' }).click()
  await page.getByRole('radio', { name: 'Result' }).click()
  await expect(page.getByRole('table', { name: 'Devices' })).toContainText('200')
  await page.getByRole('radio', { name: 'Board' }).click()
  await page.keyboard.press('Control+1')
  await board.button('Start').click()
  await expect.poll(() => board.metric(board.card('sda'), 'iops')).toBeGreaterThan(50)
  expect(pageErrors).toEqual([])
})

const BOMB = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 20 }, (_, index) => `<!ENTITY a${index} "&a${index - 1};&a${index - 1};&a${index - 1};&a${index - 1};">`).join('')}]><domain><name>&a19;</name></domain>`

for (const [name, text] of [
  ['an entity bomb', BOMB],
  ['ten million characters in one line', `{"execute":"${'x'.repeat(10_000_000)}"}`],
  ['deep nesting', '['.repeat(100_000)],
  ['binary', '\u0000\u0001\u0002PNG\u001a'.repeat(1000)],
] as const) {
  test(`hostile input is refused quickly and the window stays usable: ${name}`, async ({ launch }) => {
    const { page, board } = await launch({ files: [EXAMPLE] })
    await board.shown()
    const files = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], 'hostile'))
      return transfer
    }, text)
    await page.dispatchEvent('main', 'drop', { dataTransfer: files })
    const found = page.getByRole('region', { name: 'What was found' })
    await expect(found.getByLabel(/Error|Warning/).first()).toBeVisible({ timeout: 5000 })
    await expect(page.getByRole('button', { name: 'Open as new workspace' })).toBeDisabled()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog', { name: 'Import' })).toBeHidden()
  })
}

test('of a script about two machines one is chosen, and then another', async ({ launch }) => {
  const { page, board } = await launch({ files: [EXAMPLE] })
  await board.shown()
  await page.keyboard.press('Control+i')
  const script = 'qm set 101 --scsi0 a:b,iops=500\nqm set 102 --scsi0 a:c,iops=70\n'
  await page.getByRole('textbox', { name: 'Text' }).fill(script)
  const found = page.getByRole('region', { name: 'What was found' })
  const machines = found.getByRole('radiogroup', { name: 'Machine' })
  await expect(machines.getByRole('radio')).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Open as new workspace' })).toBeDisabled()
  await expectAccessible(page)
  await machines.getByRole('radio', { name: /^101/ }).click()
  await expect(found.getByRole('list', { name: 'Groups found' })).toContainText('IOPS 500')
  await found.getByRole('combobox', { name: 'Machine' }).click()
  await page.getByRole('option', { name: /^102/ }).click()
  await expect(found.getByRole('list', { name: 'Groups found' })).toContainText('IOPS 70')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Open as new workspace' }).click()
  await expect(board.card('scsi0')).toBeVisible()
})
