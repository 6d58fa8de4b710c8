import fs from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DriveStyle, driveArgs, FakeProxmox } from '#main/proxmox/testing/fake-proxmox.ts'
import { missingQemu, type RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { callWeir, callWeirUntil, startWeir } from './testing/call-weir.ts'

// What an operator does on a Proxmox node without a window: a fake `qm`, and real QEMUs throttled in both of Proxmox's ways.

const CONFIG = `name: web01
scsi1: local-lvm:vm-101-disk-0,aio=native,iops=500,size=1G
`

let proxmox: FakeProxmox
let folder: Awaited<ReturnType<typeof makeTempFolder>>
beforeEach(async () => {
  folder = await makeTempFolder()
  vi.stubEnv('XDG_STATE_HOME', folder.path)
  proxmox = await FakeProxmox.make()
})
afterEach(async () => {
  await proxmox.close()
  await folder.remove()
  vi.unstubAllEnvs()
})

const boot = (style: DriveStyle) =>
  proxmox.boot('101', { config: CONFIG, style, args: driveArgs({ slot: 'scsi1', style, iops: 500 }) })

/** Limit on IOPS that QEMU holds the drive to, whichever way. */
async function iopsIn(qemu: RealQemu, style: DriveStyle): Promise<number> {
  if (style === 'filter') {
    const groups = (await qemu.outside('qom-list', { path: '/objects' })) as { name: string; type: string }[]
    const object = groups.find(({ type }) => type === 'child<throttle-group>')
    const limits = await qemu.outside('qom-get', { path: `/objects/${object?.name}`, property: 'limits' })
    return (limits as { 'iops-total': number })['iops-total']
  }
  const rows = (await qemu.outside('query-block')) as { inserted?: { iops: number } }[]
  return rows.find(({ inserted }) => inserted !== undefined)?.inserted?.iops ?? Number.NaN
}

const absent = missingQemu()
describe.skipIf(absent !== null)(`a node whose VMs are real QEMUs ${absent ?? ''}`, { timeout: 120_000 }, () => {
  for (const style of ['legacy', 'filter'] as const) {
    test(`${style}: the node in top, and a recording with the limit in force`, async () => {
      await boot(style)
      const { exit, out } = await callWeir('top', 'proxmox:', '--json')
      expect(exit).toBe(0)
      const [vm] = (JSON.parse(out) as { vms: { name: string; disks: { id: string }[] }[] }).vms
      expect([vm?.name, vm?.disks.map(({ id }) => id)]).toEqual(['web01', ['scsi1']])
      const file = path.join(folder.path, 'web01.trace')
      const recorded = await callWeir('record', 'proxmox:101', '--duration', '2s', '-o', file, '--json')
      expect([recorded.exit, recorded.err]).toEqual([0, ''])
      expect(gunzipSync(fs.readFileSync(file)).toString('utf8')).toContain('"iops-total":500')
    })

    test(`${style}: limits are lifted in QEMU and put back, and the configuration keeps them`, async () => {
      const qemu = await boot(style)
      const controller = new AbortController()
      const lift = callWeirUntil(controller.signal, 'lift', 'proxmox:101', 'all', '--for', '1h')
      await expect.poll(() => iopsIn(qemu, style), { timeout: 60_000 }).toBe(0)
      controller.abort()
      const { exit, out, err } = await lift
      expect([exit, err], out).toEqual([0, ''])
      expect(await iopsIn(qemu, style)).toBe(500)
      // The group of a drive's own limits is called as Proxmox left it.
      if (style === 'legacy') expect(await qemu.groups()).toEqual({ 'drive-scsi1': 'drive-scsi1' })
      expect(proxmox.config('101')).toContain('iops=500')
    })
  }

  test('the node in the exporter, and a VM of it in watch', async () => {
    const qemu = await boot('filter')
    const exporter = startWeir('exporter', '--from', 'proxmox:', '--listen', '127.0.0.1:0')
    await vi.waitUntil(() => exporter.out().includes('http'), 20_000)
    const metrics = async () => (await fetch(exporter.out().replace('metrics at ', ''))).text()
    const poll = { timeout: 20_000 }
    await expect.poll(metrics, poll).toMatch(/^weir_group_limit{.*domain="web01".*group="scsi1".*} 500$/m)
    expect(await exporter.end()).toMatchObject({ exit: 0, err: '' })

    const watch = startWeir('watch', 'proxmox:101', '--at-limit', '1s', '--json')
    // For twelve seconds: where a watch begins in the middle, it knows of a limit after five and a half.
    for (let part = 0; part < 2; part += 1) await qemu.io('-d scsi1', 'read', { count: 3000 })
    await expect.poll(watch.out, poll).toContain('scsi1: at its IOPS limit of 500 for')
    await qemu.kill()
    await expect.poll(watch.out, poll).toMatch(/"vm":"web01".*"kind":"lost"/)
    expect((await watch.end()).exit).toBe(0)
  })
})
