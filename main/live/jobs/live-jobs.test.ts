import { afterEach, describe, expect, test } from 'vitest'
import { withVm } from '#main/live/apply-workspace.ts'
import { missingQemu, type RealQemu } from '#main/qmp/testing/real-qemu.ts'
import type { BlockJob } from '#shared/block-job.ts'
import { picture } from '../testing/pictures.ts'
import { attach, boot, closeAll, PATIENCE_MS, snapshotWhere, stateWhere } from '../testing/session.ts'
import { JobWatch } from './live-jobs.ts'

afterEach(closeAll)

const JOB: BlockJob = {
  id: 'j',
  kind: 'backup',
  status: 'running',
  doneBytes: 0,
  totalBytes: 1000,
  speedBps: 0,
  error: null,
  nodes: [],
}
const NOTHING = picture([], [])

test('the rate of a job is over the last ten seconds, and starts again with a job of the same name', () => {
  const watch = new JobWatch()
  const rates = [0, 10, 20, 20, 20, 5, 15].map((doneBytes, index) => {
    const [job] = watch.look(NOTHING, [{ ...JOB, doneBytes }], index * 5_000_000_000)
    return job?.rateBps
  })
  expect(rates).toEqual([null, 2, 2, 1, 0, null, 2])
})

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  async function startJob(qemu: RealQemu, kind: 'backup' | 'mirror', device: string): Promise<void> {
    await qemu.outside('blockdev-add', { driver: 'null-co', 'node-name': `copy-${device}`, size: 1 << 30 })
    const job = { 'job-id': `job-${device}`, device, target: `copy-${device}`, sync: 'full', speed: 1_000_000 }
    await qemu.outside(`blockdev-${kind}`, job)
  }

  test.each([
    ['backup', 't0', { disks: ['fd0'], takesFrom: ['g0'], passesBy: [] }],
    ['mirror', 't0', { disks: ['fd0'], takesFrom: ['g0'], passesBy: [] }],
    ['backup', 'n0', { disks: ['fd0'], takesFrom: [], passesBy: ['g0'] }],
    ['backup', 'd0', { disks: ['d0'], takesFrom: [], passesBy: ['gold'] }],
  ] as const)('a %s of %s says which disk it is about, and whose limits hold it', async (kind, device, place) => {
    const qemu = await boot()
    await startJob(qemu, kind, device)
    const job = await withVm(qemu.address, async ({ link, picture }) =>
      new JobWatch().look(picture, await link.jobs(), 0),
    )
    expect(job).toMatchObject([{ id: `job-${device}`, kind, totalBytes: 1 << 30, speedBps: 1_000_000, ...place }])
  })

  test('a speed is staged, sent as shown beside a limit, and read back; a job that ends takes its own along', async () => {
    const qemu = await boot()
    await startJob(qemu, 'backup', 't0')
    await startJob(qemu, 'backup', 'd0')
    const session = await attach({ address: qemu.address })
    await snapshotWhere(session, ({ jobs }) => jobs?.length === 2)
    session.stage((staging) => staging.stageSpeed('job-t0', 5_000_000))
    session.stage((staging) => staging.stageSpeed('job-d0', 7_000_000))
    expect(session.state.plan).toMatchObject({
      changes: [
        { subject: 'job-t0: speed', from: '977 KiB/s', to: '4.77 MiB/s' },
        { subject: 'job-d0: speed', from: '977 KiB/s', to: '6.68 MiB/s' },
      ],
      commands: [
        '{ "execute": "block-job-set-speed", "arguments": { "device": "job-t0", "speed": 5000000 } }',
        '{ "execute": "block-job-set-speed", "arguments": { "device": "job-d0", "speed": 7000000 } }',
      ],
    })
    await qemu.outside('block-job-cancel', { device: 'job-d0', force: true })
    await stateWhere(session, ({ plan }) => plan.commands.length === 1)
    expect(await session.sendStaged()).toMatchObject({ ok: true })
    expect(session.state.plan.commands).toEqual([])
    expect(await qemu.outside('query-block-jobs')).toMatchObject([{ device: 'job-t0', speed: 5_000_000 }])
    session.stage((staging) => staging.stageSpeed('job-t0', 0))
    session.stage((staging) => staging.stageSpeed('job-t0', null))
    expect(session.state.plan.commands).toEqual([])
  })
})
