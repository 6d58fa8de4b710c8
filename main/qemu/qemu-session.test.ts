import { afterEach, describe, expect, test } from 'vitest'
import type { QemuState } from '#shared/ipc/contract.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { moveDevices, setLimits } from '#shared/workspace/edits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { QemuSession, type QemuSessionOptions } from './qemu-session.ts'
import type { QmpTimeouts } from './qmp-client.ts'
import { serveRequests, startFakeServer } from './testing/fake-server.ts'
import { missingQemu, RealQemu } from './testing/real-qemu.ts'

const PATIENCE_MS = 60_000
/** Short enough to wait for, long enough for a busy machine. */
const SHORT: QmpTimeouts = { connectMs: 5000, greetingMs: 2000, commandMs: 3000 }
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const ARGS = [
  ...['-name', 'web01', '-drive', 'if=none,id=d0,driver=null-co,throttling.iops-total=100,throttling.group=gold'],
  ...['-device', 'virtio-blk-pci,drive=d0,id=vd0', '-drive', 'if=none,id=d1,driver=null-co'],
  ...[
    '-device',
    'scsi-hd,drive=d1,id=sd1',
    '-object',
    '{"qom-type":"throttle-group","id":"g0","limits":{"iops-total":50}}',
  ],
  ...[
    '-blockdev',
    'null-co,node-name=n0,read-zeroes=on',
    '-blockdev',
    'throttle,node-name=t0,throttle-group=g0,file=n0',
  ],
  ...['-device', 'scsi-hd,id=fd0,drive=t0', '-object', 'throttle-group,id=g1'],
]

async function boot(): Promise<RealQemu> {
  const qemu = await RealQemu.start(ARGS)
  cleanups.push(() => qemu.close())
  return qemu
}

async function attach(options: QemuSessionOptions): Promise<QemuSession> {
  const session = new QemuSession({ pollMs: 50, timeouts: SHORT, ...options })
  cleanups.push(() => session.close())
  await session.connect()
  return session
}

/** The first state from now on, the present one included, that is as wanted. */
function stateWhere(session: QemuSession, wanted: (state: QemuState) => boolean): Promise<QemuState> {
  if (wanted(session.state)) return Promise.resolve(session.state)
  return firstOf((tell) => session.onState(tell), wanted)
}

function snapshotWhere(session: QemuSession, wanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  return firstOf((tell) => session.onSnapshot(tell), wanted)
}

function firstOf<T>(listen: (tell: (value: T) => void) => () => void, wanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const stop = listen((value) => {
      if (!wanted(value)) return
      stop()
      resolve(value)
    })
  })
}

const texts = (snapshot: Snapshot) => snapshot.events.map((event) => event.text)
const stage = async (session: QemuSession, wish: Workspace, revision = 1) => {
  await session.apply(wish, revision)
  return session.state.plan
}

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
        version: '7.2.22',
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
    'a held disk shows its limit as rate, and the wait beyond what its requests took before',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address, pollMs: 200 })
      const quiet = snapshotWhere(session, ({ devices }) => (devices.d0?.read.requests ?? 0) === 3)
      await qemu.io('d0', 'read', { count: 3 })
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
      const wish = moveDevices(setLimits(before, 'gold', { 'iops-total': 1500 }), ['fd0'], 'g1')
      expect((await stage(session, wish, 4)).changes).toEqual([
        { subject: 'gold: IOPS', from: '100', to: '1\u2009500' },
        { subject: 'fd0', from: 'g0', to: 'g1' },
      ])
      expect((await qemu.outside('query-block')) as object[]).toMatchObject([{ inserted: { iops: 100 } }, {}, {}])
      const applied = snapshotWhere(session, (snapshot) => snapshot.appliedRevision === 4)
      expect(await session.sendStaged()).toMatchObject({ ok: true, message: '2 commands sent, all accepted.' })
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
      session.putBack()
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
      const wish = setLimits(session.workspace, 'gold', { 'iops-total': 200 })
      expect((await stage(session, wish)).commands).toHaveLength(1)
      expect(session.state.drift).toEqual(['g0: IOPS: 50 → 77'])
      const { reality } = session.state
      if (reality === null) throw new Error('no VM')
      expect((await stage(session, reality, 4)).commands).toEqual([])
      expect(session.state.drift).toEqual([])
      expect((await stage(session, wish, 5)).changes).toMatchObject([
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
        message: expect.stringContaining('changed meanwhile'),
      })
      expect(await session.sendStaged()).toMatchObject({ ok: true })
      expect(await qemu.outside('query-block')).toMatchObject([{ inserted: { iops: 200, bps: 9_000_000 } }, {}, {}])
    },
    PATIENCE_MS,
  )

  test(
    'killed: the picture stays and ages; restarted: it is picked up, with what was lost as drift',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      await stage(session, moveDevices(setLimits(session.workspace, 'gold', { 'iops-total': 300 }), ['d1'], 'gold'))
      await session.sendStaged()
      await qemu.io('d0', 'read', { count: 5 })
      await snapshotWhere(session, ({ devices }) => devices.d0?.read.requests === 5)
      const stopped = snapshotWhere(session, (snapshot) => snapshot.state === 'stopped')
      await qemu.kill()
      const lost = await stateWhere(session, (state) => state.status === 'lost')
      expect(lost.message).toContain('QEMU quit, or closed it')
      expect(lost.reality?.groups.gold).toEqual({ 'iops-total': 300 })
      expect((await stopped).devices.d0?.read.requests).toBe(5)
      expect(await session.sendStaged()).toMatchObject({
        ok: false,
        message: 'No VM is attached, so nothing was sent.',
      })
      const back = snapshotWhere(session, (snapshot) => snapshot.state === 'running')
      await qemu.boot()
      expect(texts(await back)).toEqual([
        'web01 answers again',
        'gold: IOPS 300 → 100, while Weir was away',
        'd1 gold → not throttled, while Weir was away',
        'The counters began anew: the VM was restarted',
      ])
      const { status, drift, plan } = await stateWhere(session, (state) => state.status === 'attached')
      expect({ status, drift, commands: plan.commands }).toEqual({
        status: 'attached',
        drift: ['gold: IOPS: 300 → 100', 'd1: gold → not throttled'],
        commands: [],
      })
      session.putBack()
      expect(await session.sendStaged()).toMatchObject({ ok: true })
      expect(session.state.drift).toEqual([])
      expect((await qemu.groups()).d1).toBe('gold')
    },
    PATIENCE_MS,
  )

  test(
    'killed in the middle of an Apply: what was not answered is told, nothing hangs',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address, pollMs: 60_000, timeouts: { ...SHORT, commandMs: 20_000 } })
      await stage(
        session,
        setLimits(setLimits(session.workspace, 'gold', { 'iops-total': 7 }), 'g0', { 'iops-total': 8 }),
      )
      qemu.suspend()
      const sent = session.sendStaged()
      await qemu.kill()
      const reply = await sent
      expect(reply.ok).toBe(false)
      expect(reply.message).toContain('The connection to')
      await stateWhere(session, (state) => state.status === 'lost')
    },
    PATIENCE_MS,
  )

  test(
    'a VM that hangs is told, and picked up when it goes on',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      qemu.suspend()
      const lost = await stateWhere(session, (state) => state.status === 'lost')
      expect(lost.message).toMatch(/QEMU has not answered query-\w+ within 3 s/)
      qemu.resume()
      await stateWhere(session, (state) => state.status === 'attached')
    },
    PATIENCE_MS,
  )

  test(
    'a disk that is unplugged is gone, one that is plugged in comes',
    async () => {
      const qemu = await boot()
      const session = await attach({ address: qemu.address })
      const gone = snapshotWhere(session, ({ devices }) => devices.d1?.status === 'gone')
      await qemu.outside('device_del', { id: 'sd1' })
      const told = texts(await gone)
      expect(told).toContain('d1 is gone from the VM')
      expect(session.state.drift).toEqual(['d1: not throttled → not there'])
      const come = snapshotWhere(session, ({ devices }) => devices.new0 !== undefined)
      await qemu.outside('blockdev-add', { driver: 'null-co', 'node-name': 'n9' })
      await qemu.outside('device_add', { driver: 'scsi-hd', id: 'new0', drive: 'n9' })
      expect(texts(await come)).toContain('new0 was plugged into the VM')
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

  test(
    'a closed session leaves the socket to the next client',
    async () => {
      const qemu = await boot()
      for (let round = 0; round < 5; round += 1) await (await attach({ address: qemu.address })).close()
      expect((await attach({ address: qemu.address })).state.status).toBe('attached')
    },
    PATIENCE_MS,
  )
})

const ZEROES = { bps: 0, bps_rd: 0, bps_wr: 0, iops: 0, iops_rd: 0, iops_wr: 0 }

const HONEST: Readonly<Record<string, unknown>> = {
  'query-commands': [{ name: 'block_set_io_throttle' }],
  'query-name': {},
  'query-block': [{ device: 'd0', inserted: { 'node-name': 'n0', group: 'gold', iops: 10 } }],
  'query-named-block-nodes': [],
  'query-blockstats': [{ device: 'd0', stats: {} }],
  'qom-list': [],
  'query-block-exports': [],
}

test.each([
  ['turns to garbage', '\u0000nonsense'],
  ['answers with a wrong shape', '{"return": 5, "id": 1}'],
  ['sends deep JSON', `{"return": ${'[['.repeat(2000)}`],
  ['falls silent', ''],
])(
  'a server that %s is lost, tried again, and taken back when it is honest',
  async (_name, nonsense) => {
    let isHonest = true
    const server = await startFakeServer((socket) =>
      serveRequests(socket, ({ execute }) => {
        if (isHonest) return { return: HONEST[execute] }
        if (nonsense === '{"return": 5, "id": 1}') return { return: 5 }
        socket.write(nonsense)
        return undefined
      }),
    )
    cleanups.push(() => server.close())
    const session = await attach({ address: server.address, timeouts: { ...SHORT, commandMs: 300 } })
    isHonest = false
    const lost = await stateWhere(session, (state) => state.status === 'lost')
    expect(lost.message).not.toBeNull()
    expect(lost.reality?.devices.map(({ id }) => id)).toEqual(['d0'])
    isHonest = true
    await stateWhere(session, (state) => state.status === 'attached')
  },
  PATIENCE_MS,
)

test('an address where nothing listens is not tried a second time', async () => {
  const session = new QemuSession({ address: { kind: 'unix', path: '/nonexistent/qmp' } })
  await expect(session.connect()).rejects.toThrow('There is no socket')
  expect(session.state.status).toBe('detached')
  await session.close()
})
