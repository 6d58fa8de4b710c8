import { EngineError } from '#main/engine-error.ts'
import { type OpenVm, withVm } from '#main/live/apply-workspace.ts'
import type { LiftJournal } from '#main/live/lift/lift-journal.ts'
import type { LiftRecord } from '#main/live/lift/lift-record.ts'
import { beginLift, type PutBack } from '#main/live/lift/lift-work.ts'
import type { LiftChoice } from '#main/live/lift/lifting.ts'
import { putBackAt } from '#main/live/lift/restore.ts'
import { restoreCommand } from '#main/live/lift/restore-command.ts'
import { findDisk, findGroup } from '#main/live/picture.ts'
import { isOver } from '#shared/block-job.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { formatVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { pause, waitForEnd } from './lift-wait.ts'
import { reportBegun, reportPutBack } from './lift-words.ts'
import { warnOfOwner } from './vm-option.ts'

// Lifts, waits, puts back. What is to be put back is on disk before the first command goes. Between the two the VM's
// monitor is free for others; the first Ctrl-C or SIGTERM puts back at once.

export interface LiftOrder {
  readonly address: VmAddress
  /** null: the job alone decides. */
  readonly seconds: number | null
  readonly job: string | null
  readonly choice: LiftChoice
}

const RETRY_MS = 2000

export async function liftUntil(call: CommandCall, journal: LiftJournal, order: LiftOrder): Promise<Result<ExitCode>> {
  const { terminal, signal, json } = call
  const { address, choice, seconds, job } = order
  const where = formatVmAddress(address)
  warnOfOwner(address, terminal)
  const asked = await withVm(address, async (vm) => {
    const unknown = unknownName(vm, choice) ?? (job === null ? null : await unknownJob(vm, job))
    if (unknown !== null) return unknown
    const nowMs = Date.now()
    const untilMs = seconds === null ? null : nowMs + seconds * 1000
    // What is begun is finished: the signal ends the wait after it.
    return ok(await beginLift(vm, { address: where, choice, nowMs, untilMs, job }, journal))
  })
  if (!asked.ok) return asked
  const begun = asked.value
  const { record } = begun
  if (!json) reportBegun(begun, terminal)
  const about = { format: 'weir-lift/1', address: where, untilMs: record?.untilMs ?? null, job, lifted: begun.lifted }
  if (record === null) {
    const { left, undone } = begun
    if (json) terminal.print(JSON.stringify({ ...about, left, putBack: undone, isLifted: false }, null, 2))
    else if (undone !== null) reportPutBack(undone, where, terminal)
    return ok(1)
  }
  if (!begun.isCutShort) await waitForEnd(record, address, { terminal, signal, json })
  const done = await putBackWhenReached(record, address, { call, journal })
  if (json)
    terminal.print(
      JSON.stringify({ ...about, left: begun.left, putBack: done, isLifted: done.failed.length > 0 }, null, 2),
    )
  else reportPutBack(done, where, terminal)
  return ok(done.failed.length > 0 ? 3 : done.kept.length + begun.left.length > 0 ? 1 : 0)
}

/** As long as nobody asks to end, for as long as it takes; then once more. */
async function putBackWhenReached(
  record: LiftRecord,
  address: VmAddress,
  { call, journal }: { readonly call: CommandCall; readonly journal: LiftJournal },
): Promise<PutBack> {
  const { terminal, signal } = call
  let isSaid = false
  for (;;) {
    const isLast = signal.aborted
    try {
      return await putBackAt(address, record, { journal })
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      if (isLast) throw new EngineError(error.code, error.message, stillLifted(record.address), { cause: error })
      if (!isSaid) terminal.complain(terminal.paint.warn(`${error.message} Weir keeps trying until the VM answers.`))
      isSaid = true
      await pause(RETRY_MS, signal)
    }
  }
}

function stillLifted(where: string): string {
  return `The limits are still lifted. ${restoreCommand(where)} puts them back.`
}

/** A name that the VM does not have is a wrong option: nothing is sent. */
function unknownName({ picture }: OpenVm, { groups, devices }: LiftChoice): Result<never> | null {
  const wrong = (path: string, name: string, known: readonly string[], none: string) => {
    const message = `the VM has no ${JSON.stringify(name)}; ${known.length === 0 ? none : `use ${known.join(', ')}`}`
    return failed([{ path, code: 'option-value', message }])
  }
  const group = groups.find((name) => findGroup(picture, name) === undefined)
  if (group !== undefined) {
    const known = picture.groups.map(({ name }) => name)
    return wrong('--group', group, known, 'it has no throttle groups')
  }
  const device = devices.find((id) => findDisk(picture, id) === undefined)
  if (device === undefined) return null
  const known = picture.disks.map(({ id }) => id)
  return wrong('--device', device, known, 'it has no disks')
}

async function unknownJob({ link }: OpenVm, id: string): Promise<Result<never> | null> {
  const jobs = (await link.jobs()).filter((job) => !isOver(job))
  if (jobs.some((job) => job.id === id)) return null
  const known = jobs.length === 0 ? 'none runs' : `there is ${jobs.map((job) => job.id).join(', ')}`
  const message = `the VM has no block job ${JSON.stringify(id)}; ${known}`
  return failed([{ path: '--until-job', code: 'option-value', message }])
}
