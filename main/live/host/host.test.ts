import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type FakeServer, serveRequests, startFakeServer } from '#main/qmp/testing/fake-server.ts'
import { treeFolder } from '#main/qmp/testing/newer-tree.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { type HostLook, nearestLimit, type VmLook } from '#shared/host-look.ts'
import { FolderPort } from './folder-port.ts'
import { Host } from './host.ts'
import { SmallQemu } from './testing/small-qemu.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Folders `sockets` (that is watched) and `hidden` side by side. */
async function folders(): Promise<{ readonly sockets: string; readonly hidden: string }> {
  const { path: root, remove } = await makeTempFolder()
  cleanups.push(remove)
  const [sockets, hidden] = [path.join(root, 's'), path.join(root, 'h')]
  await mkdir(sockets)
  await mkdir(hidden)
  return { sockets, hidden }
}

async function qemu(name: string, socket: string, drives: readonly string[]): Promise<SmallQemu> {
  const started = await SmallQemu.start({ name, socket, drives })
  cleanups.push(() => started.kill())
  return started
}

async function watch(folder: string, periodMs = 100): Promise<Host> {
  const host = new Host({ ports: [new FolderPort(folder)], periodMs })
  cleanups.push(() => host.close())
  await host.start()
  return host
}

function until(host: Host, is: (look: HostLook) => boolean): Promise<HostLook> {
  return new Promise((resolve) => {
    const stop = host.onLook((look) => {
      if (!is(look)) return
      stop()
      resolve(look)
    })
  })
}

const find = (look: HostLook, name: string): VmLook | undefined => look.vms.find((vm) => vm.name === name)
const states = ({ vms }: HostLook) => Object.fromEntries(vms.map((vm) => [vm.name, vm.state]))

test('a folder that is not there is told, and its VMs are found when it comes', async () => {
  const { sockets } = await folders()
  const folder = path.join(sockets, 'later')
  const host = await watch(folder)
  expect(host.look().problems).toEqual([`The folder ${folder} does not exist.`])
  await mkdir(folder)
  expect((await until(host, ({ problems }) => problems.length === 0)).vms).toEqual([])
})

test('plain files, folders and other sockets beside are passed over', async () => {
  const { sockets } = await folders()
  await writeFile(path.join(sockets, 'notes.txt'), '')
  await mkdir(path.join(sockets, 'sub'))
  await symlink('/nowhere', path.join(sockets, 'dangling'))
  const server = await fake()
  await symlink(server.path, path.join(sockets, 'web01.qga'))
  expect((await watch(sockets)).look().vms).toEqual([])
  expect(server.connections()).toBe(0)
})

async function fake(serve: Parameters<typeof startFakeServer>[0] = (socket) => socket.resume()): Promise<FakeServer> {
  const server = await startFakeServer(serve)
  cleanups.push(server.close)
  return server
}

test('a server that is silent, one that is no QMP and one that is gone each say what they are', async () => {
  const { sockets } = await folders()
  const silent = await fake((socket) => serveRequests(socket, () => undefined))
  const busy = await fake()
  const odd = await fake((socket) => void socket.resume().write('hello\r\n'))
  await symlink(silent.path, path.join(sockets, 'silent'))
  await symlink(busy.path, path.join(sockets, 'busy'))
  await symlink(odd.path, path.join(sockets, 'odd'))
  const host = await watch(sockets)
  const look = await until(host, ({ vms }) => vms.every(({ state }) => state !== 'new'))
  expect(states(look)).toEqual({ silent: 'silent', busy: 'busy', odd: 'ended' })
  expect(look.vms.map(({ up, iops, disks }) => ({ up, iops, disks }))).toEqual(
    Array.from({ length: 3 }, () => ({ up: false, iops: null, disks: [] })),
  )
  expect(find(look, 'silent')?.problem).toMatch(/QEMU has not answered|does not answer/)
})

test("a manager's own monitor is told and left alone", async () => {
  const { sockets } = await folders()
  const server = await fake((socket) => serveRequests(socket, () => undefined))
  const managed = path.join(sockets, 'run/qemu-server')
  await mkdir(managed, { recursive: true })
  await symlink(server.path, path.join(managed, '101.qmp'))
  const host = await watch(managed)
  const look = await until(host, ({ vms }) => vms.every(({ state }) => state !== 'new'))
  expect(look.vms).toMatchObject([
    { name: '101', state: 'busy', up: false, problem: expect.stringContaining('Proxmox') },
  ])
  expect(server.connections()).toBe(0)
})

const absent = missingQemu()
describe.skipIf(absent !== null)(`a host of real QEMUs ${absent ?? ''}`, { timeout: 60_000 }, () => {
  test('VMs come, go, are linked and share a name, without a restart', async () => {
    const { sockets, hidden } = await folders()
    await qemu('web01', path.join(sockets, 'a.qmp'), ['id=d0'])
    await qemu('db01', path.join(hidden, 'b.qmp'), ['id=d0'])
    const host = await watch(sockets)
    await until(host, (look) => find(look, 'web01')?.up === true)
    await symlink(path.join(hidden, 'b.qmp'), path.join(sockets, 'b.qmp'))
    await symlink(path.join(sockets, 'a.qmp'), path.join(sockets, 'z-same-as-a.qmp'))
    await until(host, (look) => find(look, 'db01')?.up === true)
    await qemu('web01', path.join(sockets, 'c.qmp'), ['id=d0'])
    const look = await until(host, ({ vms }) => vms.filter(({ up }) => up).length === 3)
    expect(states(look)).toEqual({
      [`web01 (unix:${path.join(sockets, 'a.qmp')})`]: 'paused',
      [`web01 (unix:${path.join(sockets, 'c.qmp')})`]: 'paused',
      db01: 'paused',
    })
    await rm(path.join(sockets, 'b.qmp'))
    expect((await until(host, ({ vms }) => vms.length === 2)).vms.map(({ id }) => path.basename(id))).toEqual([
      'a.qmp',
      'c.qmp',
    ])
  })

  // Programs of the tree call their sockets by other names than the tests do.
  test.skipIf(treeFolder() !== null)(
    'a VM with two monitors in the folder is one VM, and the other monitor reaches it when the first goes',
    async () => {
      const { sockets } = await folders()
      // SmallQemu's second monitor lies beside the folder of the first: here in the folder itself.
      await mkdir(path.join(sockets, 'q'))
      await qemu('web01', path.join(sockets, 'q/a.qmp'), ['id=d0'])
      await symlink(path.join(sockets, 'q/a.qmp'), path.join(sockets, 'a.qmp'))
      const host = await watch(sockets)
      const ids = ({ vms }: HostLook) => vms.map(({ id }) => path.basename(id))
      await until(host, (look) => ids(look).join() === 'a.qmp' && look.vms.every(({ up }) => up))
      await rm(path.join(sockets, 'a.qmp'))
      // The test holds that monitor itself.
      await until(host, (look) => ids(look).join() === 'web01.outside')
    },
  )

  test('a disk at its limit: rate, share, level, waits and time in the throttle', async () => {
    const { sockets } = await folders()
    const vm = await qemu('etl01', path.join(sockets, 'etl.qmp'), [
      'id=d0,throttling.group=etl,throttling.iops-total=200',
      'id=d1,throttling.group=etl,throttling.iops-total=200',
      'id=free',
    ])
    const host = await watch(sockets, 250)
    await until(host, (look) => find(look, 'etl01')?.disks[0]?.read?.iops === 0)
    // Some requests that surely do not wait teach how long one takes by itself: in look after look, since nothing is
    // learnt where load begins.
    for (let request = 0; request < 15; request += 1) {
      await vm.io('d0', 'read')
      await new Promise((resolve) => setTimeout(resolve, 80))
    }
    await new Promise((resolve) => setTimeout(resolve, 600))
    void vm.io('d0', 'read', { count: 3000 }).catch(() => undefined) // it is killed with requests under way
    const look = await until(host, (seen) => (find(seen, 'etl01')?.groups[0]?.buckets[0]?.atLimitNs ?? 0) > 1e9)
    const etl = find(look, 'etl01') as VmLook
    const { groups, disks } = etl
    expect(nearestLimit(etl)).toEqual({ group: 'etl', bucket: groups[0]?.buckets[0] })
    const [group] = groups
    const [bucket] = group?.buckets ?? []
    expect(groups.map(({ name, disks: members }) => [name, members])).toEqual([['etl', ['d0', 'd1']]])
    expect(bucket).toMatchObject({ bucket: 'iops-total', avg: 200, atLimit: true })
    expect(bucket?.share).toBeGreaterThan(0.8)
    expect(bucket?.share).toBeLessThan(1.2)
    expect(bucket?.level?.low).toBeLessThanOrEqual(20)
    expect(bucket?.level?.high).toBeGreaterThanOrEqual(20)
    expect(group?.throttledShare).toBe(1)
    expect(group?.throttledNs).toBeGreaterThan(0.9e9)
    expect(disks.map(({ id, groups: chain, throttledShare }) => [id, chain, throttledShare])).toEqual([
      ['d0', ['etl'], 1],
      ['d1', ['etl'], 0],
      ['free', [], 0],
    ])
    expect(disks[0]?.read?.waitMeanNs).toBeGreaterThan(50e6)
    expect(disks[0]?.inFlight).toBeGreaterThan(20)
  })

  test('one VM that hangs and one that is killed cost the others nothing, and come back', async () => {
    const { sockets } = await folders()
    const names = ['fine', 'hung', 'killed'] as const
    const vms = await Promise.all(names.map((name) => qemu(name, path.join(sockets, `${name}.qmp`), ['id=d0'])))
    const host = await watch(sockets)
    await until(host, (look) => look.vms.every(({ up }) => up))
    vms[1]?.suspend()
    await vms[2]?.kill()
    const before = host.look()
    const look = await until(host, (seen) => find(seen, 'hung')?.up === false)
    expect(states(look)).toEqual({ fine: 'paused', hung: 'silent', killed: 'ended' })
    const looks = (find(look, 'fine')?.looks.answered ?? 0) - (find(before, 'fine')?.looks.answered ?? 0)
    expect(looks).toBeGreaterThan((0.7 * (look.nowNs - before.nowNs)) / 100e6)
    vms[1]?.resume()
    await qemu('killed', path.join(sockets, 'killed.qmp'), ['id=d0'])
    await until(host, (seen) => seen.vms.every(({ up }) => up))
  })

  test('a released VM is not looked at, and a session of its own gets in', async () => {
    const { sockets } = await folders()
    await qemu('web01', path.join(sockets, 'a.qmp'), ['id=d0'])
    const host = await watch(sockets)
    const { vms } = await until(host, (look) => find(look, 'web01')?.up === true)
    const id = vms[0]?.id ?? ''
    await host.release(id)
    expect(find(host.look(), 'web01')).toMatchObject({ state: 'opened', up: false, problem: null })
    const link = await new FolderPort(sockets).open({ id, label: '' })
    expect(link.name).toBe('web01')
    link.close()
    host.take(id)
    await until(host, (look) => find(look, 'web01')?.up === true)
  })

  test('limits set from outside are seen, and count as a reset', async () => {
    const { sockets } = await folders()
    const vm = await qemu('web01', path.join(sockets, 'a.qmp'), ['id=d0,throttling.iops-total=100'])
    const host = await watch(sockets)
    await until(host, (look) => find(look, 'web01')?.up === true)
    const limits = { bps: 0, bps_rd: 0, bps_wr: 0, iops: 250, iops_rd: 0, iops_wr: 0 }
    await vm.outside('block_set_io_throttle', { device: 'd0', ...limits })
    const look = await until(host, (seen) => find(seen, 'web01')?.groups[0]?.resets === 1)
    expect(find(look, 'web01')?.groups[0]?.limits).toEqual({ 'iops-total': 250 })
  })
})
