import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { missingQemu, type RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { attach, closeAll as closeSessions, PATIENCE_MS, stage, stateWhere } from './testing/session.ts'
import { apply, capture, closeAll, FILTERS, LEGACY, limit, look, start } from './testing/settle.ts'

// VMs that do not simply run: migrated away, or with a snapshot taken while they ran.

afterEach(async () => {
  await closeSessions()
  await closeAll()
})

async function migrateAway(qemu: RealQemu): Promise<void> {
  await qemu.outside('cont')
  await qemu.outside('migrate', { uri: 'exec:cat >/dev/null' })
  const status = async () => ((await qemu.outside('query-status')) as { status: string }).status
  await expect.poll(status, { timeout: 20_000, interval: 100 }).toBe('postmigrate')
}

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  test(
    'a VM that has migrated away says so and takes no Apply, neither from a file nor from the window',
    async () => {
      const qemu = await start(LEGACY)
      const before = await capture(qemu)
      const session = await attach({ address: qemu.address })
      expect(session.state.vmStatus).toBe('not started yet')
      await migrateAway(qemu)
      await stateWhere(session, (state) => state.vmStatus === 'migrated away')
      const plan = await stage(session, setLimits(session.workspace, 'gold', { 'iops-total': 7 }))
      const refusal =
        'This VM has migrated away: it runs in another QEMU now, and what is set here has no effect on it.'
      expect(plan).toMatchObject({ commands: [], warnings: [], impossible: [refusal] })
      await session.close()
      expect(await apply(qemu, limit(before, 'gold', { 'iops-total': 7 }))).toMatchObject({
        commands: [],
        impossible: [refusal],
      })
      expect((await capture(qemu)).groups.gold).toEqual({ 'iops-total': 100 })
    },
    PATIENCE_MS,
  )

  test(
    'a disk whose filter a snapshot covered is said to be held from below still',
    async () => {
      const qemu = await start(FILTERS)
      const overlay = path.join(qemu.folder, 'overlay.qcow2')
      await promisify(execFile)('qemu-img', ['create', '-q', '-f', 'qcow2', overlay, '1M'])
      // A newer QEMU runs in a tree of its own and knows no path outside it.
      const file = { driver: 'file', filename: overlay.replace(process.env.WEIR_TEST_TREE ?? '', '') }
      await qemu.outside('blockdev-add', { driver: 'qcow2', 'node-name': 'overlay', file, backing: null })
      await qemu.outside('blockdev-snapshot', { node: 't0', overlay: 'overlay' })
      const { disks, unknown } = await look(qemu, ({ picture }) => picture)
      expect(disks.find(({ id }) => id === 'fd0')?.groups).toEqual([])
      expect(unknown).toContain(
        'fd0: since a snapshot its writes pass no filter; what it reads from before the snapshot is still held by g0, through the filter t0.',
      )
      expect(unknown.filter((sentence) => sentence.includes('above no disk'))).toEqual([])
    },
    PATIENCE_MS,
  )
})
