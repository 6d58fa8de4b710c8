import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { disk, missingLibvirt, RealLibvirt } from '#main/libvirt/testing/real-libvirt.ts'
import { LiftJournal } from '#main/live/lift/lift-journal.ts'
import { driveArgs, FakeProxmox } from '#main/proxmox/testing/fake-proxmox.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import type { HostState } from '#shared/host-look.ts'
import { startWeir } from '../cli/testing/call-weir.ts'
import { HostBoard } from './host-board.ts'
import type { Problem } from './problem.ts'
import { pass } from './testing/test-board.ts'

// Lifts from the table of a host whose VMs somebody else keeps, Proxmox VE with a fake `qm` and a real libvirt, and latency
// through the latter.

const PATIENCE_MS = 120_000
const HALF_HOUR = { groups: [], devices: [], seconds: 1800, job: null }

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A table of `host` whose one VM was looked at. */
async function table(host: string) {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
  const journal = new LiftJournal(folder.path)
  const problems: Problem[] = []
  let said: HostState | null = null
  const onState = (state: HostState | null) => {
    said = state
  }
  const board = new HostBoard({ journal, onState, onProblem: (problem) => problems.push(problem) })
  cleanups.push(() => board.disconnect())
  expect(await board.connect(host)).toEqual({ ok: true })
  const vm = () => said?.look.vms[0]
  await vi.waitUntil(() => vm()?.up === true, { timeout: PATIENCE_MS })
  return { board, journal, problems, id: vm()?.id ?? '', lifted: (id: string) => said?.lifts[id]?.names }
}

/** Lifted by the table and put back by it, then lifted again and put back with the end of the table. */
async function liftTwice(host: string, limit: () => Promise<unknown>, names: readonly string[]): Promise<void> {
  const before = await limit()
  const { board, journal, problems, id, lifted } = await table(host)
  expect(await board.beginLift(id, HALF_HOUR)).toEqual({ ok: true })
  expect([await limit(), lifted(id), (await journal.list()).map(({ address }) => address)]).toEqual([0, names, [id]])
  expect(await board.putBackLift(id)).toEqual({ ok: true })
  expect([await limit(), lifted(id)]).toEqual([before, undefined])
  expect(await board.beginLift(id, HALF_HOUR)).toEqual({ ok: true })
  expect(await limit()).toBe(0)
  await board.disconnect()
  expect([await limit(), await journal.list(), problems]).toEqual([before, [], []])
}

const noQemu = missingQemu()
describe.skipIf(noQemu !== null)(`a Proxmox node ${noQemu ?? ''}`, { timeout: PATIENCE_MS }, () => {
  test.each(['legacy', 'filter'] as const)('a VM of style %s', async (style) => {
    const proxmox = await FakeProxmox.make()
    cleanups.push(() => proxmox.close())
    const config = 'name: web01\nscsi1: local-lvm:vm-101-disk-0,iops=500,size=1G\n'
    const qemu = await proxmox.boot('101', { config, style, args: driveArgs({ slot: 'scsi1', style, iops: 500 }) })
    const limit = async () => {
      if (style === 'filter') {
        const object = await qemu.outside('qom-get', { path: '/objects/throttle-drive-scsi1', property: 'limits' })
        return (object as { 'iops-total': number })['iops-total']
      }
      const rows = (await qemu.outside('query-block')) as { inserted?: { iops: number } }[]
      return rows.find(({ inserted }) => inserted !== undefined)?.inserted?.iops
    }
    await liftTwice('proxmox:', limit, ['scsi1'])
    expect(proxmox.config('101')).toBe(config)
  })
})

/** Of web01, by the command line: a recording and the exporter have its histograms, and take them out again. */
async function measuresLatency(libvirt: RealLibvirt, host: string): Promise<void> {
  const monitor = (...words: readonly string[]) => libvirt.virsh('qemu-monitor-command', 'web01', ...words)
  const write = () => monitor('--hmp', 'qemu-io -d /machine/peripheral/virtio-disk0/virtio-backend "aio_write -q 0 4k"')
  const histograms = () => monitor('{"execute": "query-blockstats"}').match(/wr_latency_histogram/g)?.length ?? 0
  const file = path.join(libvirt.folder, 'web01.trace')
  const leave = ['--percentiles', '--monitor-command']
  const exporter = startWeir('exporter', '--from', host, ...leave, '--listen', '127.0.0.1:0')
  await vi.waitUntil(() => exporter.out().includes('http') && histograms() === 2, { timeout: PATIENCE_MS })
  // It counts from the first look that finds them.
  const writes = async () => {
    const text = await (await fetch(exporter.out().replace('metrics at ', ''))).text()
    return /^weir_disk_latency_seconds_count{.*"web01".*"vda",direction="write"} (\d+)$/m.exec(text)?.[1]
  }
  const poll = { timeout: 20_000, interval: 200 }
  await expect.poll(writes, poll).toBe('0')
  write()
  await expect.poll(writes, poll).toBe('1')
  expect([await exporter.end(), histograms()]).toMatchObject([{ exit: 0, err: '' }, 0])

  const recording = startWeir('record', `${host}#web01`, ...leave, '--interval', '200ms', '-o', file, '--json')
  await vi.waitUntil(() => histograms() === 2, { timeout: PATIENCE_MS })
  await pass(1000) // the first look, from which it counts
  write()
  await pass(1000)
  const { exit, out, err } = await recording.end()
  expect([exit, err, JSON.parse(out)]).toMatchObject([0, '', { requests: 1 }])
  expect(gunzipSync(readFileSync(file)).toString('utf8')).toContain('vda')
  expect(histograms()).toBe(0)
}

const noLibvirt = missingLibvirt()
describe.skipIf(noLibvirt !== null)(`a real libvirt ${noLibvirt ?? ''}`, { timeout: PATIENCE_MS }, () => {
  test('a domain with <iotune>, and one with a chain of <throttlefilters> where libvirt knows them', async () => {
    const libvirt = await RealLibvirt.start()
    cleanups.push(() => libvirt.close())
    const host = `libvirt:${libvirt.uri}`
    const iopsOf = (text: string) => Number(/total_iops_sec : (\d+)/.exec(text)?.[1] ?? 0)
    const gold = '<iotune><total_iops_sec>300</total_iops_sec><group_name>gold</group_name></iotune>'
    await libvirt.boot('web01', disk('vda', { inside: gold }) + disk('vdb', { inside: gold }))
    const tuned = async () => iopsOf(libvirt.virsh('blkdeviotune', 'web01', 'vda', '--live'))
    await liftTwice(host, tuned, ['vda', 'vdb'])
    await measuresLatency(libvirt, host)
    libvirt.virsh('destroy', 'web01')
    if (Number(libvirt.version.split('.')[0]) < 12) return

    const group = (name: string, iops: number) =>
      `<throttlegroup><total_iops_sec>${iops}</total_iops_sec><group_name>${name}</group_name></throttlegroup>`
    const filters = '<throttlefilters><throttlefilter group="own"/><throttlefilter group="vm"/></throttlefilters>'
    await libvirt.boot(
      'web02',
      disk('vda', { inside: filters }),
      `<throttlegroups>${group('own', 50)}${group('vm', 300)}</throttlegroups>`,
    )
    const live = () => ['own', 'vm'].map((name) => iopsOf(libvirt.virsh('domthrottlegroupinfo', 'web02', name)))
    const inner = async () => live()[0]
    await liftTwice(host, inner, ['vm', 'own'])
    expect(live()).toEqual([50, 300])
  })
})
