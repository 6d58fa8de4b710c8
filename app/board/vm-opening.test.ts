import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import { HostBoard } from './host-board.ts'
import { QemuBoard } from './qemu-board.ts'
import { until, workspaceOf } from './testing/test-board.ts'
import { VmOpening } from './vm-opening.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const missing = missingQemu()
describe.skipIf(missing !== null)(`two VMs of a host${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  test('one opened over the other gives that back to the table; one that does not open changes nothing', async () => {
    const { path: root, remove } = await makeTempFolder()
    cleanups.push(remove)
    const sockets = path.join(root, 's')
    await mkdir(sockets)
    const [a = '', b = ''] = ['a', 'b'].map((name) => `unix:${path.join(sockets, `${name}.qmp`)}`)
    for (const name of ['a', 'b']) {
      const qemu = await SmallQemu.start({ name, socket: path.join(sockets, `${name}.qmp`), drives: [`id=${name}0`] })
      cleanups.push(() => qemu.kill())
    }
    let answer: Outcome = { ok: true }
    const document = { workspace: workspaceOf(), isDirty: false, adopt: async () => answer, change: () => undefined }
    const recent = { list: () => [], remember: () => undefined }
    const board = new QemuBoard({ document, recent, onState: () => undefined, onSnapshot: () => undefined })
    cleanups.push(() => board.disconnect())
    const host = new HostBoard({ onState: () => undefined, onProblem: () => undefined })
    cleanups.push(() => host.disconnect())
    const opening = new VmOpening(host, board)
    const states = () => Object.fromEntries(host.state?.look.vms.map(({ name, state }) => [name, state]) ?? [])

    await host.connect(sockets)
    await until('both are in the table', () => states().a === 'paused' && states().b === 'paused')
    expect(await opening.open(a)).toEqual({ ok: true })
    expect([host.state?.opened, states().a]).toEqual([a, 'opened'])
    expect(await opening.open(b)).toEqual({ ok: true })
    expect([host.state?.opened, states().b]).toEqual([b, 'opened'])
    await until('the first one is looked at again', () => states().a === 'paused')

    answer = { ok: false, message: 'The user keeps what is open.', issues: [] }
    expect(await opening.open(a)).toEqual(answer)
    expect([host.state?.opened, states().b]).toEqual([b, 'opened'])
    await until('it stays in the table', () => states().a === 'paused')
    await board.disconnect()
    opening.giveBack()
    await until('both are in the table again', () => states().b === 'paused')
    expect(host.state?.opened).toBeNull()
  }, 60_000)
})
