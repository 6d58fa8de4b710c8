import { afterEach, describe, expect, test } from 'vitest'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { applyWorkspace } from './apply-workspace.ts'
import {
  apply,
  capture,
  closeAll,
  FILTERS,
  LEGACY,
  limit,
  look,
  PATIENCE_MS,
  place,
  settle,
  start,
} from './testing/settle.ts'

// What a look reads from a real QEMU, and what each kind of edit does in it.

afterEach(closeAll)

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  test(
    'capture shows both kinds of disk with their names',
    async () => {
      const qemu = await start([...LEGACY, ...FILTERS])
      const { groups, devices } = await capture(qemu)
      expect(groups).toEqual({ gold: { 'iops-total': 100 }, g0: { 'iops-total': 50 }, g1: {} })
      expect(devices.map(({ id, groups, qemu: names }) => [id, groups.join(), names])).toEqual([
        ['d0', 'gold', { drive: 'd0', qdev: '/machine/peripheral/vd0/virtio-backend', style: 'legacy' }],
        ['d1', '', { drive: 'd1', qdev: 'sd1' }],
        ['vd2', '', { qdev: '/machine/peripheral/vd2/virtio-backend', node: 'n2' }],
        ['cd0', '', { qdev: 'cd0' }],
        ['fd0', 'g0', { qdev: 'fd0', node: 'n0', filter: 't0', style: 'filter' }],
        ['fd1', 'g1,g0', { qdev: 'fd1', node: 'n1', filter: 't1', style: 'filter' }],
      ])
      const { unknown } = await look(qemu, ({ picture }) => picture)
      expect(unknown).toEqual(['cd0 has no medium: QEMU shows no limits then, though it keeps them for the next one.'])
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
      let desired = limit(await capture(qemu), 'gold', {
        'iops-total': 200,
        'iops-total-max': 400,
        'iops-total-max-length': 5,
      })
      expect(await settle(qemu, desired)).toEqual(['block_set_io_throttle'])
      desired = place(desired, 'd1', 'gold')
      expect(await settle(qemu, desired)).toEqual(['block_set_io_throttle'])
      desired = place(limit(desired, 'odd name, "quoted"', { 'bps-read': 1_000_000 }), 'vd2', 'odd name, "quoted"')
      expect(await settle(qemu, desired)).toEqual(['block_set_io_throttle'])
      expect(await qemu.groups()).toEqual({
        d0: 'gold',
        d1: 'gold',
        '/machine/peripheral/vd2/virtio-backend': 'odd name, "quoted"',
        cd0: null,
      })
      desired = place(place(desired, 'd0', null), 'd1', null)
      expect(await settle(qemu, desired)).toEqual(['block_set_io_throttle', 'block_set_io_throttle'])
      expect((await qemu.groups()).d0).toBeNull()
    },
    PATIENCE_MS,
  )

  test(
    'filters: limits by qom-set, moves by reopen, a new object first; read-only stays',
    async () => {
      const qemu = await start(FILTERS)
      let desired = limit(await capture(qemu), 'g0', { 'iops-total': 70, 'iops-total-max': 100 })
      expect(await settle(qemu, desired)).toEqual(['qom-set'])
      desired = limit(desired, 'g0', { 'bps-total': 5_000_000 })
      expect(await settle(qemu, desired)).toEqual(['qom-set'])
      desired = place(limit(desired, 'my group', { 'iops-read': 9 }), 'fd1', 'my group')
      expect(await settle(qemu, desired)).toEqual(['object-add', 'blockdev-reopen'])
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
      const desired = place(await capture(qemu), 'd0', 'g0')
      expect(await settle(qemu, desired)).toEqual(['block_set_io_throttle'])
      expect((await qemu.groups()).d0).toBe('g0')
      expect(await qemu.outside('qom-get', { path: '/objects/g0', property: 'limits' })).toMatchObject({
        'iops-total': 50,
      })
      await settle(qemu, place(desired, 'd0', null))
      expect((await qemu.groups()).d0).toBeNull()
    },
    PATIENCE_MS,
  )

  test(
    'a dry run sends nothing; what others changed beside it stays',
    async () => {
      const qemu = await start(LEGACY)
      const desired = limit(await capture(qemu), 'gold', { 'iops-total': 300 })
      expect((await apply(qemu, desired, 'dry-run')).outcomes).toEqual([])
      expect((await capture(qemu)).groups.gold).toEqual({ 'iops-total': 100 })
    },
    PATIENCE_MS,
  )

  test(
    'what QEMU refuses is reported with its words, what needs it is not sent, the rest goes on',
    async () => {
      const qemu = await start([...LEGACY, ...FILTERS])
      const before = await capture(qemu)
      const desired = place(
        limit(limit(before, 'gold', { 'iops-total': 5 }), 'fresh', { 'iops-total': 9 }),
        'fd0',
        'fresh',
      )
      const applied = await look(qemu, async (vm) => {
        // Somebody takes the name between Weir's look and its commands.
        await qemu.outside('object-add', { 'qom-type': 'throttle-group', id: 'fresh', limits: { 'iops-total': 1 } })
        return applyWorkspace(vm, desired, 'apply')
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
})

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
      let desired = await capture(qemu)
      expect(desired.devices.map(({ id, groups }) => [id, outermostGroup({ groups })])).toEqual([
        ['plain', null],
        ['t0', 'g0'],
      ])
      desired = place(limit(limit(desired, 'g1', { 'bps-total': 7_000_000 }), 'g2', { 'iops-total': 3 }), 't0', 'g2')
      expect(await settle(qemu, desired)).toEqual(['object-add', 'qom-set', 'blockdev-reopen'])
      expect((await apply(qemu, place(desired, 'plain', 'g2'))).impossible).toHaveLength(1)
    },
    PATIENCE_MS,
  )
})
