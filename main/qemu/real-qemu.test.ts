import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { applyWorkspace, findDrift, type Visit, visitQemu } from './apply-workspace.ts'
import { captureWorkspace } from './capture.ts'
import { missingQemu, type QemuProgram, RealQemu } from './testing/real-qemu.ts'
import { makeTempFolder } from './testing/temp-folder.ts'

const PATIENCE_MS = 60_000
const running: RealQemu[] = []
afterEach(async () => {
  for (const qemu of running.splice(0)) await qemu.close()
})

async function start(args: readonly string[], program?: QemuProgram): Promise<RealQemu> {
  const qemu = await RealQemu.start(args, program)
  running.push(qemu)
  return qemu
}

const look = <T>(qemu: RealQemu, work: (visit: Visit) => T | Promise<T>) =>
  visitQemu(qemu.address, async (visit) => work(visit))
const capture = (qemu: RealQemu) => look(qemu, ({ picture }) => captureWorkspace(picture, 'vm'))

async function apply(qemu: RealQemu, wish: object, mode: 'apply' | 'dry-run' = 'apply') {
  const parsed = parseWorkspace(wish)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const applied = await look(qemu, (visit) => applyWorkspace(visit, parsed.value, mode))
  return {
    commands: applied.plan.steps.map(({ command }) => command.execute),
    outcomes: applied.answers.map(({ outcome, answer }) => (outcome === 'done' ? answer : `${outcome}: ${answer}`)),
    impossible: applied.plan.impossible,
    unfulfilled: applied.unfulfilled,
  }
}

/** Applies, checks that everything took, that nothing is left to do, and that the VM is then what was asked for. */
async function settle(qemu: RealQemu, wish: Workspace): Promise<readonly string[]> {
  const first = await apply(qemu, wish)
  expect(first).toMatchObject({ impossible: [], unfulfilled: [] })
  expect(new Set(first.outcomes)).toEqual(new Set(first.commands.length > 0 ? ['{}'] : []))
  expect(await apply(qemu, wish)).toEqual({ commands: [], outcomes: [], impossible: [], unfulfilled: [] })
  return first.commands
}

const place = (workspace: Workspace, id: string, group: string | null): Workspace => ({
  ...workspace,
  devices: workspace.devices.map((device) => (device.id === id ? { ...device, group } : device)),
})
const limit = (workspace: Workspace, group: string, limits: Workspace['groups'][string]): Workspace => ({
  ...workspace,
  groups: { ...workspace.groups, [group]: limits },
})

const LEGACY = [
  '-drive',
  'if=none,id=d0,driver=null-co,throttling.iops-total=100,throttling.group=gold',
  ...['-device', 'virtio-blk-pci,drive=d0,id=vd0'],
  ...['-drive', 'if=none,id=d1,driver=null-co', '-device', 'scsi-hd,drive=d1,id=sd1'],
  ...['-blockdev', 'null-co,node-name=n2', '-device', 'virtio-blk-pci,drive=n2,id=vd2'],
  ...['-device', 'scsi-cd,id=cd0'],
]
const FILTERS = [
  ...['-object', '{"qom-type":"throttle-group","id":"g0","limits":{"iops-total":50}}'],
  ...['-object', 'throttle-group,id=g1'],
  ...['-blockdev', 'null-co,node-name=n0', '-blockdev', 'throttle,node-name=t0,throttle-group=g0,file=n0'],
  ...['-blockdev', 'null-co,node-name=n1', '-blockdev', 'throttle,node-name=t1a,throttle-group=g0,file=n1'],
  ...['-blockdev', 'throttle,node-name=t1,throttle-group=g1,file=t1a,read-only=on'],
  ...['-device', 'scsi-hd,id=fd0,drive=t0', '-device', 'scsi-cd,id=fd1,drive=t1'],
]

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  test(
    'capture shows both kinds of disk with their names',
    async () => {
      const qemu = await start([...LEGACY, ...FILTERS])
      const { groups, devices } = await capture(qemu)
      expect(groups).toEqual({ gold: { 'iops-total': 100 }, g0: { 'iops-total': 50 }, g1: {} })
      expect(devices.map(({ id, group, qemu: names }) => [id, group, names])).toEqual([
        ['d0', 'gold', { drive: 'd0', qdev: '/machine/peripheral/vd0/virtio-backend', style: 'legacy' }],
        ['d1', null, { drive: 'd1', qdev: 'sd1' }],
        ['vd2', null, { qdev: '/machine/peripheral/vd2/virtio-backend', node: 'n2' }],
        ['cd0', null, { qdev: 'cd0' }],
        ['fd0', 'g0', { qdev: 'fd0', node: 'n0', filter: 't0', style: 'filter' }],
        ['fd1', 'g1', { qdev: 'fd1', node: 'n1', filter: 't1', style: 'filter' }],
      ])
      const { unknown } = await look(qemu, ({ picture }) => picture)
      expect(unknown).toEqual([
        'cd0 has no medium: QEMU shows no limits then, though it keeps them for the next one.',
        'fd1 is also held by g0, through its filter t1a; it is shown in the outermost.',
      ])
    },
    PATIENCE_MS,
  )

  test(
    'the way down to a filter, taken from blockstats, is what the block graph shows',
    async () => {
      const qemu = await start(FILTERS)
      const graph = (await qemu.outside('x-debug-query-block-graph')) as {
        nodes: { id: number; name: string }[]
        edges: { parent: number; child: number }[]
      }
      const name = (id: number) => graph.nodes.find((node) => node.id === id)?.name
      const edges = new Set(graph.edges.map(({ parent, child }) => `${name(parent)} > ${name(child)}`))
      const { disks } = await look(qemu, ({ picture }) => picture)
      const ways = disks.flatMap((disk) => disk.filters.map((filter) => `${filter.node} > ${filter.file}`))
      expect(ways).toEqual(['t0 > n0', 't1 > t1a', 't1a > n1'])
      for (const way of ways) expect(edges).toContain(way)
    },
    PATIENCE_MS,
  )

  test(
    'device limits: change, join, new group, leave; each seen from outside, each a second time nothing',
    async () => {
      const qemu = await start(LEGACY)
      let wish = limit(await capture(qemu), 'gold', {
        'iops-total': 200,
        'iops-total-max': 400,
        'iops-total-max-length': 5,
      })
      expect(await settle(qemu, wish)).toEqual(['block_set_io_throttle'])
      wish = place(wish, 'd1', 'gold')
      expect(await settle(qemu, wish)).toEqual(['block_set_io_throttle'])
      wish = place(limit(wish, 'odd name, "quoted"', { 'bps-read': 1_000_000 }), 'vd2', 'odd name, "quoted"')
      expect(await settle(qemu, wish)).toEqual(['block_set_io_throttle'])
      expect(await qemu.groups()).toEqual({
        d0: 'gold',
        d1: 'gold',
        '/machine/peripheral/vd2/virtio-backend': 'odd name, "quoted"',
        cd0: null,
      })
      wish = place(place(wish, 'd0', null), 'd1', null)
      expect(await settle(qemu, wish)).toEqual(['block_set_io_throttle', 'block_set_io_throttle'])
      expect((await qemu.groups()).d0).toBeNull()
    },
    PATIENCE_MS,
  )

  test(
    'filters: limits by qom-set, moves by reopen, a new object first; read-only stays',
    async () => {
      const qemu = await start(FILTERS)
      let wish = limit(await capture(qemu), 'g0', { 'iops-total': 70, 'iops-total-max': 100 })
      expect(await settle(qemu, wish)).toEqual(['qom-set'])
      wish = limit(wish, 'g0', { 'bps-total': 5_000_000 })
      expect(await settle(qemu, wish)).toEqual(['qom-set'])
      wish = place(limit(wish, 'my group', { 'iops-read': 9 }), 'fd1', 'my group')
      expect(await settle(qemu, wish)).toEqual(['object-add', 'blockdev-reopen'])
      const nodes = (await qemu.outside('query-named-block-nodes', { flat: true })) as {
        'node-name': string
        ro: boolean
        file: string
      }[]
      const t1 = nodes.find((node) => node['node-name'] === 't1')
      expect(t1?.ro).toBe(true)
      expect(t1?.file).toMatch(/^json:\{"throttle-group": "my-group-\w{6}"/)
    },
    PATIENCE_MS,
  )

  test(
    'a disk with limits of its own joins a group object, and leaves it',
    async () => {
      const qemu = await start([...LEGACY, ...FILTERS])
      const wish = place(await capture(qemu), 'd0', 'g0')
      expect(await settle(qemu, wish)).toEqual(['block_set_io_throttle'])
      expect((await qemu.groups()).d0).toBe('g0')
      expect(await qemu.outside('qom-get', { path: '/objects/g0', property: 'limits' })).toMatchObject({
        'iops-total': 50,
      })
      await settle(qemu, place(wish, 'd0', null))
      expect((await qemu.groups()).d0).toBeNull()
    },
    PATIENCE_MS,
  )

  test(
    'a dry run sends nothing; what others changed beside it stays',
    async () => {
      const qemu = await start(LEGACY)
      const wish = limit(await capture(qemu), 'gold', { 'iops-total': 300 })
      expect((await apply(qemu, wish, 'dry-run')).outcomes).toEqual([])
      expect((await capture(qemu)).groups.gold).toEqual({ 'iops-total': 100 })
    },
    PATIENCE_MS,
  )

  test(
    'what QEMU refuses is reported with its words, what needs it is not sent, the rest goes on',
    async () => {
      const qemu = await start([...LEGACY, ...FILTERS])
      const before = await capture(qemu)
      const wish = place(
        limit(limit(before, 'gold', { 'iops-total': 5 }), 'fresh', { 'iops-total': 9 }),
        'fd0',
        'fresh',
      )
      const applied = await look(qemu, async (visit) => {
        // Somebody takes the name between Weir's look and its commands.
        await qemu.outside('object-add', { 'qom-type': 'throttle-group', id: 'fresh', limits: { 'iops-total': 1 } })
        return applyWorkspace(visit, wish, 'apply')
      })
      expect(applied.answers.map(({ outcome, answer }) => `${outcome} ${answer}`)).toEqual([
        "refused GenericError: attempt to add duplicate property 'fresh' to object (type 'container')",
        'done {}',
        'unsent not sent: fresh could not be made',
      ])
      expect(applied.unfulfilled).toEqual(['fresh: IOPS: should be 9, is 1', 'fd0: should be fresh, is g0'])
    },
    PATIENCE_MS,
  )

  test(
    'drift: what a restart lost is named, and one apply puts it back',
    async () => {
      const qemu = await start(LEGACY)
      const saved = place(limit(await capture(qemu), 'gold', { 'iops-total': 200 }), 'd1', 'gold')
      await settle(qemu, saved)
      expect(await look(qemu, ({ picture }) => findDrift(picture, saved))).toEqual([])
      await qemu.kill()
      await qemu.boot()
      expect(await look(qemu, ({ picture }) => findDrift(picture, saved))).toEqual([
        'gold: IOPS: 200 → 100',
        'd1: gold → not throttled',
      ])
      await settle(qemu, saved)
      expect(await look(qemu, ({ picture }) => findDrift(picture, saved))).toEqual([])
    },
    PATIENCE_MS,
  )

  test(
    'disks on files: sizes, nodes below the filter, moves of both styles while requests wait',
    async () => {
      const folder = await makeTempFolder()
      const file = (name: string) => path.join(folder.path, name)
      for (const name of ['a', 'b', 'c']) await writeFile(file(name), Buffer.alloc(1024 * 1024))
      const qemu = await start([
        ...['-drive', `if=none,id=a,file=${file('a')},format=raw,throttling.iops-total=5,throttling.group=slow`],
        ...['-device', 'virtio-blk-pci,drive=a,id=va', '-drive', `if=none,id=c,file=${file('c')},format=raw`],
        ...[
          '-device',
          'scsi-hd,drive=c',
          '-object',
          'throttle-group,id=g0,x-iops-write=5',
          '-object',
          'throttle-group,id=g1',
        ],
        ...['-blockdev', `file,node-name=p,filename=${file('b')}`, '-blockdev', 'raw,node-name=r,file=p'],
        ...['-blockdev', 'throttle,node-name=t,throttle-group=g0,file=r', '-device', 'virtio-blk-pci,drive=t,id=vb'],
      ])
      let wish = await capture(qemu)
      expect(wish.devices.map(({ id, disk, qemu: names }) => [id, disk.sizeBytes, names.node, names.filter])).toEqual([
        ['a', 1024 * 1024, undefined, undefined],
        ['c', 1024 * 1024, undefined, undefined],
        ['vb', 1024 * 1024, 'r', 't'],
      ])
      await qemu.io('a', 'write', { count: 20 })
      await qemu.io('-d /machine/peripheral/vb/virtio-backend', 'write', { count: 20 })
      const written = async () => {
        const rows = (await qemu.outside('query-blockstats')) as { stats: { wr_operations: number } }[]
        return rows.map((row) => row.stats.wr_operations)
      }
      expect(Math.max(...(await written()))).toBeLessThan(10)
      wish = place(place(limit(wish, 'fast', { 'iops-total': 1_000_000 }), 'a', 'fast'), 'vb', 'g1')
      await settle(qemu, wish)
      // A move lets what waits go at once, charged to the old group.
      await expect.poll(written).toEqual([20, 0, 20])
      await folder.remove()
    },
    PATIENCE_MS,
  )

  test(
    'random wishes all come true, in one apply, and then nothing is left to do (seed 7)',
    async () => {
      const qemu = await start([...LEGACY, ...FILTERS])
      const random = seeded(7)
      const start0 = await capture(qemu)
      let wish = start0
      for (let round = 0; round < 40; round += 1) {
        wish = randomWish(wish, random)
        await settle(qemu, wish)
        const now = await capture(qemu)
        for (const device of wish.devices) {
          expect(now.devices.find(({ id }) => id === device.id)?.group ?? null, `round ${round}: ${device.id}`).toBe(
            device.group,
          )
        }
      }
    },
    PATIENCE_MS,
  )
})

/** Park and Miller's generator: enough to shake a plan. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** Groups with limits only, so that disks of both styles can be in them. */
function randomWish(from: Workspace, random: (below: number) => number): Workspace {
  const objects = ['g0', 'g1']
  const others = ['gold', 'silver', 'bronze']
  const bucket = (['iops-total', 'bps-total', 'iops-read', 'bps-write'] as const)[random(4)] ?? 'iops-total'
  let wish = from
  for (const name of [...objects, ...others]) {
    if (random(3) > 0 && Object.hasOwn(wish.groups, name)) continue
    const max = random(2) === 0 ? {} : { [`${bucket}-max`]: 20_000_000, [`${bucket}-max-length`]: 1 + random(5) }
    wish = limit(wish, name, { [bucket]: 3_000_000 + random(1000), ...max })
  }
  for (const device of wish.devices) {
    if (random(2) > 0 || device.id === 'cd0') continue
    if (device.qemu.filter !== undefined) wish = place(wish, device.id, objects[random(2)] ?? null)
    else wish = place(wish, device.id, [null, ...objects, ...others][random(6)] ?? null)
  }
  return wish
}

const noDaemon = missingQemu('qemu-storage-daemon')
describe.skipIf(noDaemon !== null)(`a real storage daemon ${noDaemon ?? ''}`, () => {
  test(
    'capture, limits, moves',
    async () => {
      const args = [
        ...['--object', 'throttle-group,id=g0,limits.iops-total=100', '--object', 'throttle-group,id=g1'],
        ...['--blockdev', 'null-co,node-name=n0', '--blockdev', 'throttle,node-name=t0,throttle-group=g0,file=n0'],
        ...['--blockdev', 'null-co,node-name=plain'],
      ]
      const qemu = await start(args, 'qemu-storage-daemon')
      let wish = await capture(qemu)
      expect(wish.devices.map(({ id, group }) => [id, group])).toEqual([
        ['plain', null],
        ['t0', 'g0'],
      ])
      wish = place(limit(limit(wish, 'g1', { 'bps-total': 7_000_000 }), 'g2', { 'iops-total': 3 }), 't0', 'g2')
      expect(await settle(qemu, wish)).toEqual(['object-add', 'qom-set', 'blockdev-reopen'])
      expect((await apply(qemu, place(wish, 'plain', 'g2'))).impossible).toHaveLength(1)
    },
    PATIENCE_MS,
  )
})
