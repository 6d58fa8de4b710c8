import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { ApplyJournal } from '../main/live/apply-journal.ts'
import { missingQemu, RealQemu } from '../main/qmp/testing/real-qemu.ts'
import { parseWorkspace } from '../shared/workspace/parse.ts'
import { askToConnect, attach, staged } from './live-page.ts'
import { expect, test } from './weir-app.ts'

// What an Apply left that ended in the middle, and a connection that never comes.

const ARGS = [
  ...['-name', 'web01', '-drive', 'if=none,id=db,driver=null-co,throttling.iops-total=60,throttling.group=gold'],
  ...['-device', 'virtio-blk-pci,drive=db'],
  ...['-drive', 'if=none,id=etl,driver=null-co,throttling.iops-total=200,throttling.group=bulk'],
  ...['-device', 'virtio-blk-pci,drive=etl'],
]

function limits(gold: number, bulk: number) {
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    name: 'web01',
    groups: { gold: { 'iops-total': gold }, bulk: { 'iops-total': bulk } },
    devices: [
      { id: 'db', group: 'gold' },
      { id: 'etl', group: 'bulk' },
    ],
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

interface BlockRow {
  readonly device: string
  readonly inserted: { readonly iops: number }
}

async function iops(qemu: RealQemu): Promise<Readonly<Record<string, number>>> {
  const rows = (await qemu.outside('query-block')) as BlockRow[]
  return Object.fromEntries(rows.map(({ device, inserted }) => [device, inserted.iops]))
}

const absent = missingQemu()

for (const [button, expected] of [
  ['Finish', { db: 60, etl: 300 }],
  ['Put back', { db: 50, etl: 200 }],
] as const) {
  test(`an Apply that was cut off is told at the next attach; ${button} stages it, and Apply does it`, async ({
    launch,
  }) => {
    test.info().skip(absent !== null, absent ?? '')
    const qemu = await RealQemu.start(ARGS)
    try {
      const { page, dataFolder } = await launch()
      // The first of two commands took, gold from 50 to 60; the second, bulk from 200 to 300, was never sent.
      const { path: socket } = qemu.address as { path: string } // started with a socket
      const journal = new ApplyJournal(path.join(dataFolder, 'weir/applies'))
      await journal.begin(`unix:${socket}`, { before: limits(50, 200), desired: limits(60, 300) })
      await attach(page, qemu)
      const bar = page.getByRole('region', { name: 'Apply interrupted' })
      await expect(bar).toContainText('An earlier Apply to this VM was interrupted')
      await bar.getByRole('button', { name: button, exact: true }).click()
      // Staged, not sent; until it is settled, the other way stays open.
      await expect(staged(page)).toBeVisible()
      expect(await iops(qemu)).toEqual({ db: 60, etl: 200 })
      await staged(page).getByRole('button', { name: 'Apply', exact: true }).click()
      await expect(staged(page)).toBeHidden()
      await expect(bar).toBeHidden()
      expect(await iops(qemu)).toEqual(expected)
      expect(fs.existsSync(journal.folderOf(`unix:${socket}`))).toBe(false)
    } finally {
      await qemu.close()
    }
  })
}

test('a monitor that never greets: Cancel ends the wait, and the board is as before', async ({ launch, folder }) => {
  const socket = path.join(folder, 'silent.qmp')
  const connections = new Set<net.Socket>()
  const server = net.createServer((connection) => connections.add(connection))
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  try {
    const { page } = await launch()
    const dialog = await askToConnect(page, { address: { kind: 'unix', path: socket } } as unknown as RealQemu) // only its address is used
    await expect.poll(() => connections.size).toBe(1)
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
    await expect.poll(() => [...connections].every(({ readyState }) => readyState !== 'open')).toBe(true)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  } finally {
    for (const connection of connections) connection.destroy()
    server.close()
  }
})
