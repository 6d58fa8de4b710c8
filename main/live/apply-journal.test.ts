import { connect as connectSocket, createServer, type Socket } from 'node:net'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { missingQemu, type RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import type { QmpAddress } from '#shared/qemu/qmp-address.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { ApplyJournal, unsettled } from './apply-journal.ts'
import { applyWorkspace } from './apply-workspace.ts'
import { attach, boot, cleanUp, closeAll, PATIENCE_MS, stage } from './testing/session.ts'
import { look } from './testing/settle.ts'

afterEach(closeAll)

/** A way to the VM that ends before command `number` of those that change it, as if Weir or its machine had. */
async function cutAt(qemu: RealQemu, number: number): Promise<QmpAddress> {
  const folder = await makeTempFolder()
  const file = path.join(folder.path, 'cut.qmp')
  const sockets = new Set<Socket>()
  let changes = 0
  const server = createServer((weir) => {
    const vm = connectSocket((qemu.address as { path: string }).path)
    for (const socket of [weir, vm]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => [weir, vm].map((each) => each.destroy()))
    }
    vm.pipe(weir)
    weir.on('data', (chunk) => {
      if (/block_set_io_throttle|qom-set/.test(String(chunk))) changes += 1
      if (changes >= number) weir.destroy()
      else vm.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(file, resolve))
  cleanUp(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await folder.remove()
  })
  return { kind: 'unix', path: file }
}

async function journalFolder(): Promise<ApplyJournal> {
  const folder = await makeTempFolder()
  cleanUp(folder.remove)
  return new ApplyJournal(path.join(folder.path, 'applies'))
}

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  test.each(['finish', 'put-back'] as const)(
    'an Apply that is cut off after its first command is on disk, and %s settles it at the next attach',
    async (way) => {
      const qemu = await boot()
      const journal = await journalFolder()
      const address = await cutAt(qemu, 2)
      const session = await attach({ address, journal, pollMs: 60_000 })
      const before = session.workspace
      const desired = setLimits(setLimits(before, 'gold', { 'iops-total': 7 }), 'g0', { 'iops-total': 8 })
      await stage(session, desired)
      expect(await session.sendStaged()).toMatchObject({ ok: false })
      await session.close()
      expect((await look(qemu, ({ picture }) => picture.groups)).map(({ limits }) => limits)).toEqual([
        { 'iops-total': 7 },
        { 'iops-total': 50 },
        {},
      ])
      const found = await journal.find(`unix:${(address as { path: string }).path}`)
      expect([found?.before.groups, found?.desired.groups]).toEqual([before.groups, desired.groups])
      if (found === null) return
      const next = way === 'finish' ? found.desired : found.before
      await look(qemu, async (vm) => {
        const where = `unix:${(address as { path: string }).path}`
        expect(await unsettled(journal, where, vm.picture)).not.toBeNull()
        const end = () => journal.end(where)
        expect(
          await applyWorkspace(vm, next, 'apply', { begin: (about) => journal.begin(where, about), end }),
        ).toMatchObject({
          unfulfilled: [],
        })
        expect(await journal.find(where)).toBeNull()
      })
      expect((await look(qemu, ({ picture }) => picture.groups))[0]?.limits).toEqual(next.groups.gold)
    },
    PATIENCE_MS,
  )

  test(
    'an Apply that was answered whole leaves no record, and one that the VM shows settled is forgotten',
    async () => {
      const qemu = await boot()
      const journal = await journalFolder()
      const session = await attach({ address: qemu.address, journal })
      const before = session.workspace
      const desired = setLimits(before, 'gold', { 'iops-total': 7 })
      await stage(session, desired)
      expect(await session.sendStaged()).toMatchObject({ ok: true })
      const where = `unix:${(qemu.address as { path: string }).path}`
      expect(await journal.find(where)).toBeNull()
      await session.close()
      await journal.begin(where, { before, desired })
      const settled = await attach({ address: qemu.address, journal })
      expect([settled.state.cutOff, await journal.find(where)]).toEqual([false, null])
      await settled.close()
      const unlike = (iops: number) => setLimits(before, 'gold', { 'iops-total': iops })
      await journal.begin(where, { before: unlike(1), desired: unlike(2) })
      const next = await attach({ address: qemu.address, journal })
      expect(next.state.cutOff).toBe(true)
      expect(next.record.cutOff?.desired.groups.gold).toEqual({ 'iops-total': 2 })
    },
    PATIENCE_MS,
  )
})
