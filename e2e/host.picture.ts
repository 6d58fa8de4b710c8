import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { SmallQemu } from '../main/live/host/testing/small-qemu.ts'
import { missingQemu } from '../main/qmp/testing/real-qemu.ts'
import { frame, setTheme, take } from './take-picture.ts'
import { expect, test } from './weir-app.ts'

// The picture of a host in README and docs: real QEMUs, kept busy by qemu-io.

interface Vm {
  readonly name: string
  readonly drives: readonly string[]
  /** Requests of 4 KiB a second to its first disk. */
  readonly iops: number
}

const cap = (id: string, group: string, iops: number) =>
  `id=${id},throttling.group=${group},throttling.iops-total=${iops}`

const VMS: readonly Vm[] = [
  { name: 'batch-etl', drives: [cap('data', 'bulk', 400), cap('log', 'bulk', 400)], iops: 600 },
  { name: 'ci-runner', drives: ['id=root'], iops: 250 },
  { name: 'db01', drives: [cap('pgdata', 'gold', 500), cap('wal', 'gold', 500)], iops: 180 },
  { name: 'mail', drives: [cap('spool', 'mail', 120)], iops: 115 },
  { name: 'web01', drives: [cap('root', 'web', 300)], iops: 40 },
  { name: 'web02', drives: [cap('root', 'web', 300)], iops: 25 },
]

test.setTimeout(300_000)

test('a host of real VMs', async ({ launch }) => {
  const absent = missingQemu()
  test.info().skip(absent !== null, absent ?? '')
  // Its name is in the picture.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'q'))
  const sockets = path.join(folder, 'qemu')
  fs.mkdirSync(sockets)
  const running: SmallQemu[] = []
  const loads: NodeJS.Timeout[] = []
  try {
    for (const { name, drives, iops } of VMS) {
      const vm = await SmallQemu.start({ name, socket: path.join(sockets, `${name}.qmp`), drives })
      running.push(vm)
      const disk = /id=(\w+)/.exec(drives[0] ?? '')?.[1] ?? ''
      loads.push(setInterval(() => void vm.io(disk, 'write', { count: Math.round(iops / 5) }).catch(() => {}), 200))
    }
    const { app, page, board } = await launch({})
    await frame(app)
    await setTheme(page, 'dark')
    await board.shown()
    await page.keyboard.press('Control+2')
    await page.getByRole('button', { name: 'Connect to a VM…' }).click()
    await page.getByRole('textbox', { name: 'Address' }).fill(sockets)
    await page.keyboard.press('Enter')
    const rows = page.getByRole('table', { name: 'VMs of the host' }).locator('tbody tr')
    await expect(rows).toHaveCount(VMS.length)
    await page.waitForTimeout(100_000)
    await take(page, 'host')
  } finally {
    for (const load of loads) clearInterval(load)
    for (const vm of running) await vm.kill()
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
