import { afterEach, expect, test } from 'vitest'
import { EngineError, UnsentError } from '#main/engine-error.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { type SendCommand, sendSteps } from '../apply-plan.ts'
import type { Picture } from '../picture.ts'
import { group, legacy, picture } from '../testing/pictures.ts'
import type { VmLink } from '../vm-link.ts'
import { LiftJournal } from './lift-journal.ts'
import type { PutBack } from './lift-work.ts'
import { orphanedLifts, restoreLift } from './restore.ts'
import { SessionLift } from './session-lift.ts'

// How a lift ends when something goes wrong on its way: on a VM of one group whose answers the test decides.

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const WHOLE = picture([group('gold', { 'iops-total': 100 }, true)], [legacy('db', 'gold')])
const LIFTED = picture([group('gold', {}, true)], [legacy('db', 'gold')])
const LOST = new EngineError('qmp-lost', 'The VM is lost.', '')
const ONE_SECOND = { groups: [], devices: [], seconds: 1, job: null }

class FakeVm {
  now: Picture = WHOLE
  isLost = false
  /** Before a command is answered. */
  answer: SendCommand = async () => ({ ok: true, value: {} })
  sent = 0
  readonly clock = { wallMs: 0, steadyMs: 0 }
  readonly told: PutBack[] = []
  readonly states: (readonly string[] | null)[] = []
  readonly journal: LiftJournal
  readonly lift: SessionLift

  static async make(): Promise<FakeVm> {
    const folder = await makeTempFolder()
    cleanups.push(folder.remove)
    return new FakeVm(new LiftJournal(folder.path))
  }

  private constructor(journal: LiftJournal) {
    this.journal = journal
    const link = {
      name: 'vm',
      discover: async () => {
        if (this.isLost) throw LOST
        return this.now
      },
      send: (steps: Parameters<VmLink['send']>[0]) => sendSteps((...of) => this.#change(...of), steps),
    } as unknown as VmLink // what a lift asks of it
    this.lift = new SessionLift({
      address: 'unix:/vm',
      journal,
      session: {
        work: async (work) => work({ link, picture: await link.discover() }),
        hasJob: () => null,
        isAttached: () => !this.isLost,
      },
      onState: (state) => this.states.push(state?.names ?? null),
      onEnd: (done) => this.told.push(done),
      nowMs: () => this.clock.wallMs,
      steadyMs: () => this.clock.steadyMs,
    })
    cleanups.push(() => this.lift.leave())
  }

  pass(ms: number): Promise<void> {
    this.clock.wallMs += ms
    this.clock.steadyMs += ms
    return this.lift.tick()
  }

  async #change(...of: Parameters<SendCommand>) {
    const answer = await this.answer(...of)
    this.sent += 1
    if (answer.ok) this.now = this.now === WHOLE ? LIFTED : WHOLE
    return answer
  }
}

test('a lift that is cut by the end of its session while it begins is put back, and nothing is told after it', async () => {
  const vm = await FakeVm.make()
  let go = () => {}
  const isAsked = new Promise<void>((asked) => {
    vm.answer = () =>
      new Promise((resolve) => {
        go = () => resolve({ ok: true, value: {} })
        asked()
      })
  })
  const begin = vm.lift.begin(ONE_SECOND)
  await isAsked
  vm.answer = async () => ({ ok: true, value: {} })
  const close = vm.lift.close()
  go()
  await Promise.all([begin, close])
  expect([vm.now === WHOLE, await vm.journal.list(), vm.states]).toEqual([true, [], []])
})

test('what cannot be put back when its session ends belongs to nobody: the next start puts it back', async () => {
  const vm = await FakeVm.make()
  await vm.lift.begin(ONE_SECOND)
  expect(await orphanedLifts(vm.journal)).toEqual([])
  vm.isLost = true
  await vm.lift.close()
  expect((await orphanedLifts(vm.journal)).map(({ address }) => address)).toEqual(['unix:/vm'])
})

test('nor what the VM refuses to take back then', async () => {
  const vm = await FakeVm.make()
  await vm.lift.begin(ONE_SECOND)
  vm.answer = async () => ({ ok: false, class: '', desc: 'no' })
  await vm.lift.close()
  expect(await orphanedLifts(vm.journal)).toHaveLength(1)
})

test('a put-back that is refused is told once and tried again after growing pauses', async () => {
  const vm = await FakeVm.make()
  await vm.lift.begin(ONE_SECOND)
  vm.sent = 0
  vm.answer = async () => ({ ok: false, class: '', desc: 'no' })
  const tries: number[] = []
  for (let second = 1; second <= 16; second += 1) {
    await vm.pass(1000)
    tries.push(vm.sent)
  }
  expect([tries, vm.told.length]).toEqual([[1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5], 1])
  vm.answer = async () => ({ ok: true, value: {} })
  await vm.pass(60_000)
  expect([vm.now === WHOLE, vm.told.length, vm.lift.state]).toEqual([true, 2, null])
})

test('a VM that answers again is put back at once, however long the pause has become', async () => {
  const vm = await FakeVm.make()
  await vm.lift.begin(ONE_SECOND)
  vm.isLost = true
  for (let second = 1; second <= 40; second += 1) await vm.pass(1000)
  vm.isLost = false
  await vm.pass(1000)
  expect([vm.now === WHOLE, vm.lift.state]).toEqual([true, null])
})

test('a new lift does not wait out the pause of the one before', async () => {
  const vm = await FakeVm.make()
  await vm.lift.begin(ONE_SECOND)
  vm.answer = async () => ({ ok: false, class: '', desc: 'no' })
  for (let second = 1; second <= 40; second += 1) await vm.pass(1000)
  vm.answer = async () => ({ ok: true, value: {} })
  await vm.lift.putBack()
  await vm.lift.begin(ONE_SECOND)
  expect(vm.now === LIFTED).toBe(true)
  await vm.pass(1000)
  expect([vm.now === WHOLE, vm.lift.state]).toEqual([true, null])
})

test('a VM that has migrated away stays lifted, told once with where to look; when it goes on here it is put back', async () => {
  const vm = await FakeVm.make()
  await vm.lift.begin(ONE_SECOND)
  vm.sent = 0
  vm.now = { ...LIFTED, status: 'postmigrate' }
  await vm.pass(2000)
  await vm.pass(2000)
  expect(vm.told).toMatchObject([{ kept: [], failed: [expect.stringContaining('migrated away')] }])
  expect([vm.sent, await vm.journal.list()]).toMatchObject([0, [{ hasMigrated: true }]])
  vm.now = LIFTED
  await vm.pass(60_000)
  expect([vm.now === WHOLE, await vm.journal.list()]).toEqual([true, []])
})

test('one that has migrated away belongs to nobody when its session ends, and is over when it is gone from here', async () => {
  const vm = await FakeVm.make()
  await vm.lift.begin(ONE_SECOND)
  vm.now = { ...LIFTED, status: 'postmigrate' }
  await vm.lift.close()
  const [record] = await orphanedLifts(vm.journal)
  expect(record).toMatchObject({ address: 'unix:/vm', hasMigrated: true })
  if (record === undefined) return
  const { done, error } = await restoreLift(record, vm.journal)
  expect([done?.kept, done?.failed, error]).toEqual([[expect.stringContaining('where it runs now')], [], null])
  expect(await vm.journal.list()).toEqual([])
})

test('one that is only gone stays written down', async () => {
  const vm = await FakeVm.make()
  await vm.lift.begin(ONE_SECOND)
  const record = await vm.journal.find('unix:/vm')
  if (record === null) throw new Error('it is lifted')
  expect(await restoreLift(record, vm.journal)).toMatchObject({ done: null, error: { code: 'file-missing' } })
  expect(await vm.journal.list()).toHaveLength(1)
})

test('a wall clock that is set back lifts no longer, and one that is set ahead ends it', async () => {
  const back = await FakeVm.make()
  await back.lift.begin(ONE_SECOND)
  back.clock.wallMs -= 3_600_000
  await back.pass(999)
  expect(back.now === LIFTED).toBe(true)
  await back.pass(1)
  expect(back.now === WHOLE).toBe(true)
  const ahead = await FakeVm.make()
  await ahead.lift.begin(ONE_SECOND)
  ahead.clock.wallMs += 1000
  await ahead.lift.tick()
  expect(ahead.now === WHOLE).toBe(true)
})

test('of a lift of which nothing was sent nothing stays written down', async () => {
  const vm = await FakeVm.make()
  vm.answer = async () => {
    throw new UnsentError(new EngineError('permission', 'libvirt denies access.', ''))
  }
  const begun = await vm.lift.begin(ONE_SECOND)
  expect(begun).toMatchObject({ record: null, left: ['not sent: libvirt denies access.'], undone: null })
  expect([await vm.journal.list(), vm.lift.state]).toEqual([[], null])
})

test('a VM that is lost after it was lifted is said to be lifted still', async () => {
  const vm = await FakeVm.make()
  vm.answer = async () => {
    vm.isLost = true
    return { ok: true, value: {} }
  }
  const begun = await vm.lift.begin(ONE_SECOND)
  expect(begun).toMatchObject({ record: { groups: ['gold'] }, lifted: [], undone: null })
  expect(begun.left).toEqual([expect.stringContaining('could not be read back')])
  expect(vm.lift.state?.names).toEqual(['gold'])
})
