import { afterEach, describe, expect, test } from 'vitest'
import { serveRequests, startFakeServer } from '#main/qmp/testing/fake-server.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { moveDevices, setLimits } from '#shared/workspace/edits.ts'
import { QemuSession } from './qemu-session.ts'
import {
  attach,
  boot,
  cleanUp,
  closeAll,
  PATIENCE_MS,
  SHORT,
  snapshotWhere,
  stage,
  stateWhere,
  texts,
} from './testing/session.ts'

// What a session makes of a VM that goes, hangs, changes its disks or talks nonsense, and of one that comes back.

afterEach(closeAll)

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
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
        'The counters restarted: the VM was restarted',
      ])
      const { status, drift, plan } = await stateWhere(session, (state) => state.status === 'attached')
      expect({ status, drift, commands: plan.commands }).toEqual({
        status: 'attached',
        drift: ['gold: IOPS: 300 → 100', 'd1: gold → not throttled'],
        commands: [],
      })
      session.stage((staging) => staging.putBack())
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
    'a closed session leaves the socket to the next client',
    async () => {
      const qemu = await boot()
      for (let round = 0; round < 5; round += 1) await (await attach({ address: qemu.address })).close()
      expect((await attach({ address: qemu.address })).state.status).toBe('attached')
    },
    PATIENCE_MS,
  )
})

const HONEST: Readonly<Record<string, unknown>> = {
  'query-commands': [{ name: 'block_set_io_throttle' }],
  'query-name': {},
  'query-block': [{ device: 'd0', inserted: { 'node-name': 'n0', group: 'gold', iops: 10 } }],
  'query-named-block-nodes': [],
  'query-blockstats': [{ device: 'd0', stats: {} }],
  'qom-list': [],
  'query-chardev': [],
  'query-block-exports': [],
  'query-block-jobs': [],
  'query-status': { status: 'running', running: true },
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
    cleanUp(() => server.close())
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
