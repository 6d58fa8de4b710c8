import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { disk, missingLibvirt, RealLibvirt } from '#main/libvirt/testing/real-libvirt.ts'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import type { HostState } from '#shared/host-look.ts'
import { HostBoard, isHostAddress } from './host-board.ts'
import { until } from './testing/test-board.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function folder(): Promise<string> {
  const { path: root, remove } = await makeTempFolder()
  cleanups.push(remove)
  const sockets = path.join(root, 's')
  await mkdir(sockets)
  return sockets
}

function hostBoard(): { readonly board: HostBoard; readonly told: (HostState | null)[] } {
  const told: (HostState | null)[] = []
  const board = new HostBoard({ onState: (state) => told.push(state), onProblem: () => undefined })
  cleanups.push(() => board.disconnect())
  return { board, told }
}

test('a folder and libvirt without a domain are hosts, a socket and a domain are VMs', async () => {
  const sockets = await folder()
  const found = await Promise.all(
    [
      sockets,
      `unix:${sockets}`,
      ` ${sockets} `,
      'libvirt:qemu:///system',
      'libvirt:qemu:///system#web01',
      path.join(sockets, 'vm.qmp'),
      'tcp:localhost:4444',
    ].map(isHostAddress),
  )
  expect(found).toEqual([true, true, true, true, false, false, false])
})

test('a host that cannot be watched is refused, and the one before it stays', async () => {
  const sockets = await folder()
  const { board, told } = hostBoard()
  expect(await board.connect(sockets)).toEqual({ ok: true })
  expect(await board.connect(path.join(sockets, 'gone'))).toMatchObject({
    ok: false,
    message: expect.stringContaining('does not exist'),
  })
  expect(board.state?.look.host).toBe(sockets)
  await board.disconnect()
  expect([board.state, told.at(-1)]).toEqual([null, null])
})

test('of two hosts that are asked for at once the first one is watched', async () => {
  const { board } = hostBoard()
  const [one, other] = [await folder(), await folder()]
  const outcomes = await Promise.all([board.connect(one), board.connect(other)])
  expect(outcomes).toMatchObject([{ ok: true }, { ok: false, message: 'Weir is already connecting.' }])
  expect(board.state?.look.host).toBe(one)
})

test('percentiles are asked for of VMs of the host only, and of a host that is watched', async () => {
  const { board } = hostBoard()
  const ask = { vm: 'unix:/run/elsewhere.qmp', isOn: true, mayTaint: true }
  expect(await board.setPercentiles(ask)).toMatchObject({ ok: false, message: 'No host is watched.' })
  await board.connect(await folder())
  const refusal = 'unix:/run/elsewhere.qmp is not a VM of this host any more.'
  expect(await board.setPercentiles(ask)).toMatchObject({ ok: false, message: refusal })
  expect(await board.setPercentiles({ ...ask, isOn: false })).toMatchObject({ ok: false, message: refusal })
})

const missing = missingQemu()
describe.skipIf(missing !== null)(`a VM of a host${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  test('its monitor is left to its board, and looked at again when that is closed', async () => {
    const sockets = await folder()
    const started = await SmallQemu.start({
      name: 'web01',
      socket: path.join(sockets, 'web01.qmp'),
      drives: ['id=vda,throttling.iops-total=100'],
    })
    cleanups.push(() => started.kill())
    const { board, told } = hostBoard()
    await board.connect(sockets)
    const stateOf = () => told.at(-1)?.look.vms[0]?.state
    await until('it was looked at', () => stateOf() === 'paused')
    const id = told.at(-1)?.look.vms[0]?.id ?? ''
    await board.release(id)
    board.opened(id)
    expect([stateOf(), told.at(-1)?.opened]).toEqual(['opened', id])
    board.take()
    expect(told.at(-1)?.opened).toBeNull()
    await until('it is looked at again', () => stateOf() === 'paused')
    expect(told.at(-1)?.look.vms[0]?.drift).toBeNull()
  })
})

const GOLD = '<iotune><total_iops_sec>300</total_iops_sec><group_name>gold</group_name></iotune>'
const LIBVIRT_MS = 120_000
const absent = missingLibvirt()
describe.skipIf(absent !== null)(`VMs of a real libvirt ${absent ?? ''}`, { timeout: LIBVIRT_MS }, () => {
  test('what runs in a domain otherwise than it is stored is drift', async () => {
    const libvirt = await RealLibvirt.start()
    cleanups.push(() => libvirt.close())
    for (const name of ['db01', 'web01']) await libvirt.boot(name, disk('vda', { inside: GOLD }))
    libvirt.virsh('blkdeviotune', 'web01', 'vda', '--group-name', 'gold', '--total-iops-sec', '111', '--live')
    const { board, told } = hostBoard()
    await board.connect(`libvirt:${libvirt.uri}`)
    const vms = () => told.at(-1)?.look.vms ?? []
    await until('both were looked at', () => vms().filter(({ up }) => up).length === 2, LIBVIRT_MS)
    expect(vms().map(({ name, drift }) => [name, drift])).toEqual([
      ['db01', []],
      ['web01', ['gold: IOPS: 111 runs, libvirt has 111, the next start 300']],
    ])

    // Percentiles taint a domain, so each is asked for by itself.
    const [db01, web01] = vms().map(({ id }) => id)
    const tainted = () => ['db01', 'web01'].filter((name) => libvirt.virsh('dominfo', name).includes('custom monitor'))
    expect(await board.setPercentiles({ vm: web01 ?? '', isOn: true, mayTaint: false })).toMatchObject({ ok: false })
    expect([tainted(), told.at(-1)?.histograms[web01 ?? '']]).toEqual([[], { isOn: false, problems: [], taints: true }])
    expect(await board.setPercentiles({ vm: web01 ?? '', isOn: true, mayTaint: true })).toEqual({ ok: true })
    await until('it has one', () => vms()[1]?.disks[0]?.histograms === 'weir', LIBVIRT_MS)
    expect([tainted(), told.at(-1)?.histograms[db01 ?? '']?.taints]).toEqual([['web01'], true])
    expect(await board.setPercentiles({ vm: web01 ?? '', isOn: false, mayTaint: false })).toEqual({ ok: true })
    const command = '{"execute":"query-blockstats"}'
    expect(libvirt.virsh('qemu-monitor-command', 'web01', '--cmd', command)).not.toContain('latency_histogram')
  })
})
