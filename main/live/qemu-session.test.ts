import { afterEach, describe, expect, test } from 'vitest'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { moveDevices, setLimits } from '#shared/workspace/edits.ts'
import { attach, boot, closeAll, PATIENCE_MS, snapshotWhere, stage, texts } from './testing/session.ts'

// What a session shows of a VM, and what it stages and sends.

afterEach(closeAll)

const ZEROES = { bps: 0, bps_rd: 0, bps_wr: 0, iops: 0, iops_rd: 0, iops_wr: 0 }

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  test(
    'attach shows who it is and what it runs; rates follow the requests',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      expect(session.state).toMatchObject({
        status: 'attached',
        label: 'web01',
        version: await qemu.version(),
        drift: [],
        unknown: [],
      })
      expect(session.workspace.groups).toEqual({ gold: { 'iops-total': 100 }, g0: { 'iops-total': 50 }, g1: {} })
      const busy = snapshotWhere(session, ({ devices }) => (devices.d1?.read.requests ?? 0) === 200)
      await qemu.io('d1', 'read', { count: 200, bytes: 8192 })
      const { devices, groups } = await busy
      expect(devices.d1?.read.bytes).toBe(200 * 8192)
      expect(devices.d1?.read).toMatchObject({ waitMeanNs: 0, waitP99Ns: null, delayed: null, queued: null })
      expect(groups.gold).toMatchObject({ members: ['d0'], ring: null, estimated: true, limits: { 'iops-total': 100 } })
    },
    PATIENCE_MS,
  )

  test(
    'what is done to the VM beside Apply goes by the names of its cards',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      const devices = session.workspace.devices.map((device) => (device.id === 'd0' ? { ...device, id: 'db' } : device))
      await stage(session, { ...session.workspace, devices })
      const ids = await session.work(async ({ picture }) => picture.disks.map(({ id }) => id))
      expect(ids).toEqual(session.state.reality?.devices.map(({ id }) => id))
      expect(ids).toContain('db')
      await session.close()
      expect(session.state.status).toBe('detached')
    },
    PATIENCE_MS,
  )

  test(
    'a held disk shows its limit as rate, and the wait beyond what its requests took before',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address, pollMs: 200 })
      const room = snapshotWhere(session, ({ groups }) => groups.gold?.buckets['iops-total']?.level === 0)
      await room
      // In look after look: nothing is learnt where load begins.
      const quiet = snapshotWhere(session, ({ devices }) => (devices.d0?.read.requests ?? 0) >= 10)
      for (let request = 0; request < 15; request += 1) {
        await qemu.io('d0', 'read')
        await new Promise((resolve) => setTimeout(resolve, 80))
      }
      expect((await quiet).devices.d0?.read.waitMeanNs).toBe(0)
      await qemu.io('d0', 'read', { count: 300 })
      const held = await snapshotWhere(session, ({ devices }) => (devices.d0?.read.requests ?? 0) > 100)
      expect(held.devices.d0?.read.iops).toBeGreaterThan(70)
      expect(held.devices.d0?.read.iops).toBeLessThan(130)
      expect(held.devices.d0?.read.waitMeanNs).toBeGreaterThan(100e6)
      const bucket = held.groups.gold?.buckets['iops-total']
      expect(bucket?.size).toBe(10)
      expect((bucket?.level ?? 0) + (bucket?.errorUnits ?? 0)).toBeGreaterThanOrEqual(10)
    },
    PATIENCE_MS,
  )

  test(
    'staged, applied, seen from outside; undone as a new staged change',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      const before = session.workspace
      const desired = moveDevices(setLimits(before, 'gold', { 'iops-total': 1500 }), ['fd0'], 'g1')
      expect((await stage(session, desired, 4)).changes).toEqual([
        { subject: 'gold: IOPS', from: '100', to: '1\u2009500' },
        { subject: 'fd0', from: 'g0', to: 'g1' },
      ])
      expect((await qemu.outside('query-block')) as object[]).toMatchObject([{ inserted: { iops: 100 } }, {}, {}])
      const applied = snapshotWhere(session, (snapshot) => snapshot.appliedRevision === 4)
      expect(await session.sendStaged()).toMatchObject({
        ok: true,
        message: '2 commands sent, all accepted. Read back: gold: IOPS 1\u2009500; g1: no limits; fd0 in g1.',
      })
      expect((await qemu.outside('query-block')) as object[]).toMatchObject([{ inserted: { iops: 1500 } }, {}, {}])
      expect(texts(await applied)).toEqual(['gold: IOPS 100 → 1\u2009500', 'fd0 moved g0 → g1'])
      expect(session.state).toMatchObject({ plan: { commands: [] }, drift: [] })
      expect((await stage(session, before, 5)).commands).toHaveLength(2)
      await session.sendStaged()
      expect(session.state.reality).toEqual(before)
    },
    PATIENCE_MS,
  )

  test(
    'what others change is told, is not undone by Apply, and can be put back',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      const told = snapshotWhere(session, (snapshot) => snapshot.events.length > 0)
      await qemu.outside('qom-set', { path: '/objects/g0', property: 'limits', value: { 'iops-total': 77 } })
      expect(texts(await told)).toEqual(['g0: IOPS 50 → 77, by somebody else'])
      expect(session.state).toMatchObject({ plan: { commands: [] }, drift: ['g0: IOPS: 50 → 77'] })
      await stage(session, setLimits(session.workspace, 'gold', { 'iops-total': 200 }))
      await session.sendStaged()
      const limits = () => qemu.outside('qom-get', { path: '/objects/g0', property: 'limits' })
      expect(await limits()).toMatchObject({ 'iops-total': 77 })
      session.stage((staging) => staging.putBack())
      expect(session.state).toMatchObject({ plan: { changes: [{ from: '77', to: '50' }] }, drift: [] })
      await session.sendStaged()
      expect(await limits()).toMatchObject({ 'iops-total': 50 })
    },
    PATIENCE_MS,
  )

  test(
    'reverting to what runs ends the drift; undoing that stages what was lost with the rest',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      const told = snapshotWhere(session, (snapshot) => snapshot.events.length > 0)
      await qemu.outside('qom-set', { path: '/objects/g0', property: 'limits', value: { 'iops-total': 77 } })
      await told
      const desired = setLimits(session.workspace, 'gold', { 'iops-total': 200 })
      expect((await stage(session, desired)).commands).toHaveLength(1)
      expect(session.state.drift).toEqual(['g0: IOPS: 50 → 77'])
      const { reality } = session.state
      if (reality === null) throw new Error('no VM')
      expect((await stage(session, reality, 4)).commands).toEqual([])
      expect(session.state.drift).toEqual([])
      expect((await stage(session, desired, 5)).changes).toMatchObject([
        { from: '100', to: '200' },
        { from: '77', to: '50' },
      ])
      expect(session.state.drift).toEqual([])
    },
    PATIENCE_MS,
  )

  test(
    'commands other than those shown are not sent',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address, pollMs: 60_000 })
      await stage(session, setLimits(session.workspace, 'gold', { 'iops-total': 200 }))
      await qemu.outside('block_set_io_throttle', { device: 'd0', group: 'gold', ...ZEROES, iops: 100, bps: 9_000_000 })
      expect(await session.sendStaged()).toMatchObject({
        ok: false,
        answers: [],
        message: expect.stringContaining('has changed since it was shown'),
      })
      expect(await session.sendStaged()).toMatchObject({ ok: true })
      expect(await qemu.outside('query-block')).toMatchObject([{ inserted: { iops: 200, bps: 9_000_000 } }, {}, {}])
    },
    PATIENCE_MS,
  )

  test(
    'a document about this VM is kept, with what the VM has lost of it as drift',
    async () => {
      const qemu = await boot()
      const first = await attach({ address: qemu.address })
      const saved = setLimits(first.workspace, 'gold', { 'iops-total': 640 })
      await first.close()
      const session = await attach({ address: qemu.address, open: { ...saved, name: 'my file' } })
      expect(session.workspace).toEqual({ ...saved, name: 'my file' })
      expect(session.state).toMatchObject({ drift: ['gold: IOPS: 640 → 100'], plan: { commands: [] } })
      const other = { ...saved, devices: saved.devices.map((device) => ({ ...device, qemu: {} })) }
      await session.close()
      const fresh = await attach({ address: qemu.address, open: other })
      expect(fresh.workspace.groups.gold).toEqual({ 'iops-total': 100 })
    },
    PATIENCE_MS,
  )

  test(
    'paused it looks no more, and goes on where it is',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      await session.pause()
      expect(session.latestSnapshot?.state).toBe('paused')
      const on = snapshotWhere(session, (snapshot) => snapshot.state === 'running')
      await session.start()
      expect((await on).state).toBe('running')
    },
    PATIENCE_MS,
  )
})
