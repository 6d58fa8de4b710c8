import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { missingQemu, type RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { applyWorkspace, findDrift } from './apply-workspace.ts'
import { LiftJournal } from './lift/lift-journal.ts'
import { beginLift, putBack } from './lift/lift-work.ts'
import { attach, closeAll as closeSessions, snapshotWhere, stage } from './testing/session.ts'
import { apply, capture, chain, closeAll, limit, look, PATIENCE_MS, settle, start } from './testing/settle.ts'

// A limit for the disk under a limit for the VM, in a real QEMU: filters over filters, and limits of a disk's own over them.

afterEach(async () => {
  await closeSessions()
  await closeAll()
})

const CHAINS = [
  ...['-object', '{"qom-type":"throttle-group","id":"vm","limits":{"iops-total":900}}'],
  ...['-object', '{"qom-type":"throttle-group","id":"slow","limits":{"iops-total":1}}'],
  ...['-object', 'throttle-group,id=free'],
  ...['-blockdev', 'null-co,node-name=n0,read-zeroes=on', '-blockdev', 'null-co,node-name=n1,read-zeroes=on'],
  ...['-blockdev', 'throttle,node-name=t0-1,throttle-group=slow,file=n0'],
  ...['-blockdev', 'throttle,node-name=t0,throttle-group=vm,file=t0-1', '-device', 'scsi-hd,id=db,drive=t0'],
  ...['-blockdev', 'throttle,node-name=t1,throttle-group=slow,file=n1', '-device', 'scsi-hd,id=log,drive=t1'],
  ...['-drive', 'if=none,id=d2,driver=throttle,throttle-group=slow,file.driver=null-co,file.node-name=n2'],
  ...['-device', 'scsi-hd,id=mix,drive=d2'],
]

const chains = async (qemu: RealQemu) =>
  Object.fromEntries((await capture(qemu)).devices.map(({ id, groups }) => [id, groups.join(' ')]))

/** Requests done, by qdev id. */
async function done(qemu: RealQemu): Promise<Readonly<Record<string, number>>> {
  const rows = (await qemu.outside('query-blockstats')) as { qdev?: string; stats: { rd_operations: number } }[]
  return Object.fromEntries(rows.map(({ qdev, stats }) => [qdev, stats.rd_operations]))
}

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  test('capture shows filters over filters, and a disk’s own limits over a filter, as chains', async () => {
    const qemu = await start(CHAINS)
    await qemu.outside('block_set_io_throttle', {
      ...{ id: 'mix', group: 'own', bps: 0, bps_rd: 0, bps_wr: 0, iops: 500, iops_rd: 0, iops_wr: 0 },
    })
    expect(await chains(qemu)).toEqual({ db: 'vm slow', log: 'slow', d2: 'own slow' })
    const { groups, devices } = await capture(qemu)
    expect(groups).toEqual({
      vm: { 'iops-total': 900 },
      slow: { 'iops-total': 1 },
      free: {},
      own: { 'iops-total': 500 },
    })
    expect(devices.find(({ id }) => id === 'd2')?.qemu.style).toBe('legacy')
    expect(await look(qemu, ({ picture }) => picture.unknown)).toEqual([])
  })

  test('the filter of a disk moves to the group of its own limits, where that outlives them; else nothing is lost', async () => {
    const qemu = await start(CHAINS)
    await qemu.outside('block_set_io_throttle', {
      ...{ id: 'log', group: 'own', bps: 0, bps_rd: 0, bps_wr: 0, iops: 1, iops_rd: 0, iops_wr: 0 },
    })
    const desired = chain(await capture(qemu), 'log', ['own'])
    if (await look(qemu, ({ picture }) => picture.reopenDrains === 'its-disk')) {
      const commands = ['blockdev-reopen', 'block_set_io_throttle']
      expect(await apply(qemu, desired)).toMatchObject({
        commands,
        outcomes: ['{}', '{}'],
        impossible: [],
        unfulfilled: [],
      })
      expect(await chains(qemu)).toMatchObject({ log: 'own' })
      // QEMU reports its limits no more, and holds to them.
      const before = await done(qemu)
      await qemu.io('-d log', 'read', { count: 8 })
      expect((await done(qemu)).log! - before.log!).toBeLessThan(8)
    } else {
      expect((await apply(qemu, desired)).impossible).toEqual([expect.stringContaining('QEMU forgets that group')])
      expect(await chains(qemu)).toMatchObject({ log: 'own slow' })
      expect((await capture(qemu)).groups).toMatchObject({ own: { 'iops-total': 1 } })
    }
  })

  test('limits of an inner group change by qom-set; what waits in it goes on waiting', async () => {
    const qemu = await start(CHAINS)
    await qemu.io('-d db', 'read', { count: 8 })
    await qemu.io('-d log', 'read', { count: 8 })
    const before = await done(qemu)
    expect(await settle(qemu, limit(await capture(qemu), 'slow', { 'iops-read': 1 }))).toEqual(['qom-set'])
    const after = await done(qemu)
    for (const id of ['db', 'log']) expect((after[id] ?? 0) - (before[id] ?? 0), id).toBeLessThan(8)
    expect(await chains(qemu)).toEqual({ db: 'vm slow', log: 'slow', d2: 'slow' })
  })

  test('a disk comes under the VM’s cap, and out of it, without a reopen: no other disk’s requests go', async () => {
    const qemu = await start(CHAINS)
    for (const id of ['db', 'log']) await qemu.io(`-d ${id}`, 'read', { count: 12 })
    const start0 = await capture(qemu)
    const capped = chain(chain(start0, 'log', ['vm', 'slow']), 'd2', ['vm', 'slow'])
    expect(await settle(qemu, capped)).toEqual(['block_set_io_throttle', 'block_set_io_throttle'])
    expect(await chains(qemu)).toEqual({ db: 'vm slow', log: 'vm slow', d2: 'vm slow' })
    for (const id of ['db', 'log']) expect((await done(qemu))[id], id).toBeLessThan(12)
    expect(await settle(qemu, start0)).toEqual(['block_set_io_throttle', 'block_set_io_throttle'])
    expect(await chains(qemu)).toEqual({ db: 'vm slow', log: 'slow', d2: 'slow' })
    // Leaving lets go what waits at this disk, at every level of it.
    const after = await done(qemu)
    expect(after.log).toBe(12)
    expect(after.db).toBeLessThan(12)
  })

  test('an inner filter moves by a reopen; whose requests go is what the plan of this QEMU says', async () => {
    const qemu = await start(CHAINS)
    for (const id of ['db', 'log']) await qemu.io(`-d ${id}`, 'read', { count: 10 })
    const moved = chain(await capture(qemu), 'db', ['vm', 'free'])
    const { plan } = await look(qemu, (visit) => applyWorkspace(visit, moved, 'dry-run'))
    const drainsAll = Number.parseInt(await qemu.version(), 10) >= 10
    expect(plan.warnings).toEqual([
      expect.stringMatching(
        drainsAll ? /all waiting requests of this VM/ : /^Waiting requests of db are let go at once/,
      ),
    ])
    expect(await settle(qemu, moved)).toEqual(['blockdev-reopen'])
    expect(await chains(qemu)).toMatchObject({ db: 'vm free', log: 'slow' })
    const after = await done(qemu)
    expect(after.db).toBe(10)
    if (drainsAll) expect(after.log).toBe(10)
    else expect(after.log).toBeLessThan(10)
  })

  test('several filters move in one apply: in one reopen where each would drain the whole VM', async () => {
    const qemu = await start(CHAINS)
    const moved = chain(chain(await capture(qemu), 'db', ['free', 'vm']), 'log', ['free'])
    const drainsAll = Number.parseInt(await qemu.version(), 10) >= 10
    expect(await settle(qemu, moved)).toEqual(drainsAll ? ['blockdev-reopen'] : ['blockdev-reopen', 'blockdev-reopen'])
    expect(await chains(qemu)).toMatchObject({ db: 'free vm', log: 'free' })
  })

  test('a lift takes the limits of every level, and its end gives back each, chains and all', async () => {
    const qemu = await start(CHAINS)
    await settle(qemu, chain(await capture(qemu), 'log', ['vm', 'slow']))
    const before = await capture(qemu)
    const journal = new LiftJournal(path.join(qemu.folder, 'lifts'))
    const order = { address: 'unix:/x', nowMs: 0, untilMs: null, job: null, choice: { groups: [], devices: [] } }
    for (const id of ['db', 'log']) await qemu.io(`-d ${id}`, 'read', { count: 8 })
    const { record, lifted, left } = await look(qemu, (vm) => beginLift(vm, order, journal))
    expect([lifted, left]).toEqual([['slow: no limits', 'vm: no limits'], []])
    const found = await capture(qemu)
    expect([found.groups.vm, found.groups.slow]).toEqual([{}, {}])
    if (record === null) throw new Error('nothing was lifted')
    expect(await look(qemu, (vm) => putBack(vm, record, journal))).toMatchObject({ failed: [], kept: [] })
    expect(await capture(qemu)).toEqual(before)
  })

  test('drift names the level that differs', async () => {
    const qemu = await start(CHAINS)
    const saved = await capture(qemu)
    const drift = () => look(qemu, ({ picture }) => findDrift(picture, saved))
    await qemu.outside('qom-set', { path: '/objects/slow', property: 'limits', value: { 'iops-total': 7 } })
    await qemu.outside('blockdev-reopen', {
      options: [{ driver: 'throttle', 'node-name': 't0-1', 'throttle-group': 'free', file: 'n0' }],
    })
    expect(await drift()).toEqual(['slow: IOPS: 1 → 7', 'db: from vm → slow to vm → free'])
    await settle(qemu, saved)
    expect(await drift()).toEqual([])
  })

  test('a session estimates the buckets of every level, and the levels of a disk', async () => {
    const qemu = await start(CHAINS)
    const session = await attach({ address: qemu.address })
    // The groups' buckets are known to be empty from here on.
    await stage(
      session,
      setLimits(setLimits(session.workspace, 'vm', { 'iops-total': 10 }), 'slow', {
        'iops-total': 5,
        'iops-total-max': 100,
      }),
    )
    expect(await session.sendStaged()).toMatchObject({ ok: true })
    await qemu.io('-d db', 'read', { count: 12 })
    const seen = await snapshotWhere(session, ({ devices }) => (devices.db?.read.requests ?? 0) >= 1)
    const first = (group: string) => Object.values(seen.groups[group]?.buckets ?? {})[0]
    for (const group of ['vm', 'slow']) {
      expect(seen.groups[group]).toMatchObject({ estimated: true, members: expect.arrayContaining(['db']) })
      expect(first(group)?.level, group).toBeGreaterThan(0)
      expect(first(group)?.level, group).toBeLessThan(14)
    }
    expect(seen.groups.slow?.members).toEqual(['d2', 'db', 'log'])
    expect(seen.devices.db).toMatchObject({ group: 'vm', levels: [{ group: 'vm' }, { group: 'slow' }] })
    expect(seen.devices.log?.levels).toBeUndefined()
  })
})
