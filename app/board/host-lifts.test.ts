import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SmallQemu } from '#main/live/host/testing/small-qemu.ts'
import { LiftJournal } from '#main/live/lift/lift-journal.ts'
import { missingQemu } from '#main/qmp/testing/real-qemu.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import type { HostState, VmLook } from '#shared/host-look.ts'
import { HostBoard } from './host-board.ts'
import type { Problem } from './problem.ts'
import { until } from './testing/test-board.ts'

// What is done to a VM beside the table of its host, on a real QEMU of which the table has the only monitor.

const HALF_HOUR = { groups: [], devices: [], seconds: 1800, job: null }

const missing = missingQemu()
describe.skipIf(missing !== null)(`a VM in the table${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let temp: Awaited<ReturnType<typeof makeTempFolder>>
  let qemu: SmallQemu
  let sockets = ''
  let id = ''
  let journal: LiftJournal
  let board: HostBoard
  let said: HostState | null = null
  const problems: Problem[] = []

  beforeAll(async () => {
    temp = await makeTempFolder()
    sockets = path.join(temp.path, 's')
    await mkdir(sockets)
    id = `unix:${path.join(sockets, 'web01.qmp')}`
    const drives = ['id=vda,throttling.iops-total=100,throttling.group=gold']
    qemu = await SmallQemu.start({ name: 'web01', socket: path.join(sockets, 'web01.qmp'), drives })
    const size = 1 << 30
    await qemu.outside('object-add', { 'qom-type': 'throttle-group', id: 'g0', limits: { 'iops-total': 50 } })
    await qemu.outside('blockdev-add', { driver: 'null-co', 'node-name': 'n0', size, 'read-zeroes': true })
    await qemu.outside('blockdev-add', { driver: 'throttle', 'node-name': 't0', 'throttle-group': 'g0', file: 'n0' })
    await qemu.outside('blockdev-add', { driver: 'null-co', 'node-name': 'copy', size })
  })
  beforeEach(async () => {
    journal = new LiftJournal(path.join(temp.path, 'lifts'))
    board = newBoard()
    await attach()
  })
  afterEach(async () => {
    await board.disconnect()
    await qemu.outside('block-job-cancel', { device: 'backup0', force: true }).catch(() => null)
    expect([await limits(), await journal.list(), problems.splice(0)]).toEqual([[100, 50], [], []])
  })
  afterAll(async () => {
    await qemu.kill()
    await temp.remove()
  })

  function newBoard(): HostBoard {
    const onState = (state: HostState | null) => {
      said = state
    }
    return new HostBoard({ journal, onState, onProblem: (problem) => problems.push(problem) })
  }

  async function attach(): Promise<void> {
    expect(await board.connect(sockets)).toEqual({ ok: true })
    await until('it was looked at', () => vm()?.up === true)
  }

  const vm = (): VmLook | undefined => said?.look.vms[0]
  const lifted = () => said?.lifts[id]

  /** What the second monitor says: the limit of vda, 0 for none, and of g0. */
  async function limits(): Promise<readonly number[]> {
    const blocks = (await qemu.outside('query-block')) as { device: string; inserted: { iops: number } }[]
    const g0 = await qemu.outside('qom-get', { path: '/objects/g0', property: 'limits' })
    const drive = blocks.find(({ device }) => device === 'vda')
    return [drive?.inserted.iops ?? -1, (g0 as { readonly 'iops-total': number })['iops-total']]
  }

  async function backup(): Promise<void> {
    const job = { 'job-id': 'backup0', device: 't0', target: 'copy', sync: 'full', speed: 1_048_576 }
    await qemu.outside('blockdev-backup', job)
  }

  test('its limits are lifted by the monitor of the table, and put back by it', async () => {
    expect(await board.beginLift(id, HALF_HOUR)).toEqual({ ok: true })
    expect([await limits(), lifted()?.names]).toEqual([
      [0, 0],
      ['g0', 'vda'],
    ])
    expect((await journal.list()).map(({ address }) => address)).toEqual([id])
    expect(await board.beginLift(id, HALF_HOUR)).toMatchObject({ ok: false })
    expect([lifted()?.names, await limits()]).toEqual([
      ['g0', 'vda'],
      [0, 0],
    ])
    expect(await board.putBackLift(id)).toEqual({ ok: true })
    expect([await limits(), lifted()]).toEqual([[100, 50], undefined])
  })

  test('a lift goes with the VM to its board and back, and ends with the host', async () => {
    await board.beginLift(id, HALF_HOUR)
    await board.release(id)
    board.opened(id)
    expect([lifted(), await limits()]).toEqual([undefined, [0, 0]])
    const lookedNs = said?.look.nowNs ?? 0
    await until('two looks later', () => (said?.look.nowNs ?? 0) > lookedNs + 1.5e9)
    expect(lifted()).toBeUndefined()
    expect(await board.beginLift(id, HALF_HOUR)).toMatchObject({ ok: false })
    board.take()
    await until('the table has it again', () => lifted() !== undefined)
    await board.disconnect()
    expect(await limits()).toEqual([100, 50])
  })

  test('what a Weir that is gone has lifted is put back', async () => {
    await board.beginLift(id, HALF_HOUR)
    const [folder = ''] = await readdir(path.join(temp.path, 'lifts'))
    const note = path.join(temp.path, 'lifts', folder, 'lift.json')
    const dead = spawn('true')
    await new Promise((resolve) => dead.once('exit', resolve))
    const text = await readFile(note, 'utf8')
    // In one go, as Weir writes it: half a note is none.
    await writeFile(`${note}.new`, text.replace(`"pid": ${process.pid}`, `"pid": ${dead.pid}`))
    await rename(`${note}.new`, note)
    await until('it was put back', () => lifted() === undefined)
    expect(await limits()).toEqual([100, 50])
  })

  test('its block jobs are shown while it stands beside the table, and a speed is set at once', async () => {
    await backup()
    board.select(id)
    await until('it is shown', () => vm()?.jobs?.length === 1)
    expect(vm()?.jobs).toMatchObject([{ id: 'backup0', kind: 'backup', speedBps: 1_048_576, error: null }])
    expect(await board.setJobSpeed({ vm: id, job: 'backup0', speedBps: 8_388_608 })).toEqual({ ok: true })
    expect(await qemu.outside('query-block-jobs')).toMatchObject([{ speed: 8_388_608 }])
    expect(await board.setJobSpeed({ vm: id, job: 'backup1', speedBps: 1 })).toEqual({
      ok: false,
      message: 'The block job backup1 has ended.',
      issues: [],
    })
    board.select(null)
    await until('its row shows it all the same', () => vm()?.jobs?.length === 1)
  })

  test('a lift until a job ends comes back with it, whichever VM is beside the table', async () => {
    await backup()
    expect(await board.beginLift(id, { ...HALF_HOUR, seconds: null, job: 'backup0' })).toEqual({ ok: true })
    await until('its job is looked at', () => vm()?.jobs?.length === 1)
    expect([await limits(), lifted()?.job]).toEqual([[0, 0], 'backup0'])
    await qemu.outside('block-job-cancel', { device: 'backup0', force: true })
    await until('it was put back', () => lifted() === undefined)
    expect(await limits()).toEqual([100, 50])
  })

  test('of a VM that is not there nothing is lifted', async () => {
    expect(await board.beginLift('unix:/nowhere.qmp', HALF_HOUR)).toEqual({
      ok: false,
      message: 'unix:/nowhere.qmp is not a VM of this host any more.',
      issues: [],
    })
    expect(await board.setJobSpeed({ vm: 'unix:/nowhere.qmp', job: 'j', speedBps: 1 })).toMatchObject({ ok: false })
    expect(board.select('unix:/nowhere.qmp')).toMatchObject({ ok: false })
  })
})
