import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { usualLiftJournal } from '#main/live/lift/lift-journal.ts'
import { CutSocket } from '#main/live/lift/testing/cut-socket.ts'
import { boot, cleanUp, closeAll, PATIENCE_MS } from '#main/live/testing/session.ts'
import { missingQemu, type RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { runCli } from './run-cli.ts'

beforeEach(async () => {
  const folder = await makeTempFolder()
  cleanUp(folder.remove)
  vi.stubEnv('XDG_STATE_HOME', folder.path)
})
afterEach(closeAll)

/** `weir lift …`, which can be looked at while it waits. */
class Lift {
  text = ''
  readonly ended: Promise<number>
  readonly #controller = new AbortController()
  #heard: () => void = () => undefined

  constructor(...argv: readonly string[]) {
    const plain = (text: string) => text
    const add = (text: string): void => {
      this.text += `${text}\n`
      this.#heard()
    }
    const terminal = { print: add, complain: add, write: add, redraws: false, columns: () => 80 }
    const paint = { dim: plain, bold: plain, good: plain, bad: plain, warn: plain }
    this.ended = runCli(['lift', ...argv], { terminal: { ...terminal, paint }, signal: this.#controller.signal })
  }

  /** Resolves when it has said so; rejects with what it said when it ends before. */
  async says(part: string): Promise<void> {
    const over = this.ended.then((exit) => Promise.reject(new Error(`exit ${exit}: ${this.text}`)))
    const said = new Promise<void>((resolve) => {
      this.#heard = () => {
        if (this.text.includes(part)) resolve()
      }
      this.#heard()
    })
    await Promise.race([said, over])
    over.catch(() => undefined)
  }

  async end(): Promise<number> {
    this.#controller.abort()
    return this.ended
  }
}

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  const addressOf = (qemu: RealQemu) => `unix:${(qemu.address as { path: string }).path}` // RealQemu's are unix
  const g0 = async (qemu: RealQemu) =>
    ((await qemu.outside('qom-get', { path: '/objects/g0', property: 'limits' })) as { 'iops-total': number })[
      'iops-total'
    ]

  test('until the backup job ends: the limits are back then, and the monitor was free meanwhile', async () => {
    const qemu = await boot()
    await qemu.outside('blockdev-add', { driver: 'null-co', 'node-name': 'copy', size: 1 << 30 })
    const job = { 'job-id': 'backup0', device: 'n0', target: 'copy', sync: 'full', speed: 1_000_000 }
    await qemu.outside('blockdev-backup', job)
    expect(await new Lift(addressOf(qemu), '--until-job', 'backup1').ended).toBe(2)
    const lift = new Lift(addressOf(qemu), '--group', 'g0', '--until-job', 'backup0')
    await lift.says('until backup0 ends')
    expect([await g0(qemu), (await qemu.groups()).d0]).toEqual([0, 'gold'])
    await qemu.outside('block-job-cancel', { device: 'backup0' })
    expect(await lift.ended, lift.text).toBe(0)
    expect(await g0(qemu)).toBe(50)
    expect(lift.text).toContain('put back  g0: IOPS 50\nThe buckets of g0 were emptied: it may burst again.')
  })

  test('what somebody has changed meanwhile is kept and said; the rest is put back', async () => {
    const qemu = await boot()
    const lift = new Lift(addressOf(qemu), 'all', '--for', '1h')
    await lift.says('Ctrl-C')
    await qemu.outside('qom-set', { path: '/objects/g0', property: 'limits', value: { 'iops-total': 7 } })
    expect(await lift.end(), lift.text).toBe(1)
    expect([await g0(qemu), (await qemu.groups()).d0]).toEqual([7, 'gold'])
    expect(lift.text).toContain('kept  g0: IOPS 7, by somebody else; before the lift IOPS 50.')
    expect(await usualLiftJournal().list()).toEqual([])
  })

  test('a VM that is started again meanwhile has its limits, and the lift is over', async () => {
    const qemu = await boot()
    const lift = new Lift(addressOf(qemu), '--for', '1h')
    await lift.says('Ctrl-C')
    await qemu.kill()
    await qemu.boot()
    expect(await lift.end(), lift.text).toBe(0)
    expect(lift.text).toContain('as before  g0\nas before  d0')
  })

  test('a VM that is gone keeps its record, until it is put back or forgotten', async () => {
    const qemu = await boot()
    const where = addressOf(qemu)
    const lift = new Lift(where, '--for', '1h')
    await lift.says('Ctrl-C')
    await qemu.kill()
    expect(await lift.end(), lift.text).toBe(3)
    expect(lift.text).toContain(`The limits are still lifted. weir lift ${where} --restore puts them back.`)
    const failing = new Lift(where, '--restore')
    expect([await failing.ended, failing.text.includes('--forget')]).toEqual([3, true])
    expect(await new Lift(where, '--forget').ended).toBe(0)
    expect(await usualLiftJournal().list()).toEqual([])
  })

  const cuts = [
    { when: 'answered', what: 'a read-back that fails', exit: 1, waits: true },
    { when: 'after', what: 'a last command whose answer is lost', exit: 1, waits: false },
  ] as const
  test.each(cuts)('$what is no reason to leave anything lifted', async ({ when, exit, waits }) => {
    const qemu = await boot()
    const socket = await CutSocket.open((qemu.address as { path: string }).path) // RealQemu's are unix
    cleanUp(() => socket.close())
    socket.point = { number: 2, when, cut: () => socket.drop() }
    const lift = new Lift(socket.address, '--for', '1h')
    if (waits) {
      await lift.says('Ctrl-C')
      expect([await g0(qemu), (await qemu.groups()).d0]).toEqual([0, null])
    }
    expect([await (waits ? lift.end() : lift.ended), await g0(qemu), (await qemu.groups()).d0], lift.text).toEqual([
      ...[exit, 50, 'gold'],
    ])
    expect(await usualLiftJournal().list()).toEqual([])
  })

  test('wrong names and options send nothing and leave no record', async () => {
    const qemu = await boot()
    const where = addressOf(qemu)
    const wrong = [
      [where],
      ['--for', '1h'],
      [where, 'gold', '--for', '1h'],
      [where, 'all', '--group', 'gold', '--for', '1h'],
      [where, '--for', 'soon'],
    ]
    for (const argv of wrong) expect([argv, await new Lift(...argv).ended]).toEqual([argv, 2])
    const nobody = new Lift(where, '--group', 'nobody', '--group', 'gold', '--for', '1h')
    expect([await nobody.ended, nobody.text]).toEqual([
      2,
      expect.stringContaining('--group: the VM has no "nobody"; use gold, g0, g1'),
    ])
    const nothing = new Lift(where, '--device', 'no\u001bthing', '--for', '1h')
    expect([await nothing.ended, nothing.text]).toEqual([2, expect.stringContaining('has no "no\\u001bthing"; use ')])
    expect([await g0(qemu), (await qemu.groups()).d0, await usualLiftJournal().list()]).toEqual([50, 'gold', []])
  })
})

test('the systemd timer runs this Weir with this state folder', async () => {
  const timer = new Lift('--print-timer')
  expect(await timer.ended).toBe(0)
  expect(timer.text).toContain(`Environment=XDG_STATE_HOME=${process.env.XDG_STATE_HOME}\n`)
  expect(timer.text).toMatch(/^ExecStart=\S+ \S+ lift --restore$/m)
  expect(timer.text).toContain('OnUnitActiveSec=1min')
})
