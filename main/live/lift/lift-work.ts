import { EngineError } from '#main/engine-error.ts'
import { adoptNames } from '../adopt-names.ts'
import type { StepAnswer } from '../apply-plan.ts'
import { readBack } from '../apply-words.ts'
import { liveOnly, type OpenVm } from '../apply-workspace.ts'
import { captureWorkspace } from '../capture.ts'
import { makePlan, type Plan, unfulfilled } from '../plan.ts'
import type { LiftJournal } from './lift-journal.ts'
import { type LiftRecord, ownerNow } from './lift-record.ts'
import { type LiftChoice, liftingOf } from './lifting.ts'
import { type ChangedRule, putBackAim } from './put-back.ts'

// Lifting and putting back, on a VM that was just looked at. A lift changes what runs and never the next start of a libvirt domain:
// a VM that is started again meanwhile has its limits.

export interface LiftOrder {
  readonly address: string
  readonly choice: LiftChoice
  readonly nowMs: number
  readonly untilMs: number | null
  readonly job: string | null
}

export interface Begun {
  /** null: nothing was lifted. */
  readonly record: LiftRecord | null
  /** What a look afterwards found: `gold: no limits`. */
  readonly lifted: readonly string[]
  /** Groups whose buckets were emptied. */
  readonly emptied: readonly string[]
  /** What was not lifted, in sentences. */
  readonly left: readonly string[]
  /** Set when a command failed, so that what was lifted was put back at once. */
  readonly undone: PutBack | null
  /** A command was refused or lost: what is lifted nevertheless is to be put back at once. */
  readonly isCutShort: boolean
}

export interface PutBack {
  /** What a look afterwards found: `gold: IOPS 1 000`. */
  readonly restored: readonly string[]
  /** Groups and disks that were as before already. */
  readonly back: readonly string[]
  readonly emptied: readonly string[]
  /** What somebody has changed meanwhile, and what is not there any more, in sentences. */
  readonly kept: readonly string[]
  /** What is still lifted, in sentences. Empty: the record is gone. */
  readonly failed: readonly string[]
}

export const MIGRATED =
  'This VM has migrated away, so nothing was put back here: check its limits on the host where it runs now.'

/** Everything chosen, or nothing where a name is wrong. The record is on disk before the first command goes. */
export async function beginLift(vm: OpenVm, order: LiftOrder, journal: LiftJournal): Promise<Begun> {
  const { picture, link } = liveOnly(vm)
  const before = captureWorkspace(picture, link.name ?? 'VM')
  const lifting = liftingOf(picture, before, order.choice)
  const isAll = order.choice.groups.length + order.choice.devices.length === 0
  const plan = makePlan({ picture, base: before, desired: lifting.lifted, scope: 'edit' })
  const left = [...lifting.impossible, ...plan.impossible]
  const nothing: Begun = { record: null, lifted: [], emptied: [], left, undone: null, isCutShort: false }
  if (plan.steps.length === 0) return left.length > 0 ? nothing : { ...nothing, left: ['Nothing has a limit to lift.'] }
  if (left.length > 0 && !isAll) return nothing
  const { address, nowMs, untilMs, job } = order
  const { lifted, groups, devices } = lifting
  const record = { address, startedMs: nowMs, untilMs, job, before, lifted, groups, devices, owner: ownerNow() }
  await journal.begin(record)
  const answers = await link.send(plan.steps)
  const problems = refusals(answers)
  // One that was refused may have taken in part: it is read back below.
  if (answers.every(({ outcome }) => outcome === 'unsent')) {
    await journal.end(address)
    return { ...nothing, left: problems }
  }
  try {
    if (problems.length > 0) {
      const undone = answers.some(({ outcome }) => outcome === 'unknown') ? null : await putBack(vm, record, journal)
      const isBack = undone?.failed.length === 0
      return { ...nothing, record: isBack ? null : record, left: problems, undone, isCutShort: true }
    }
    const after = adoptNames(await link.discover(), before)
    const unmet = unfulfilled(plan, after)
    return { ...nothing, record, lifted: readBack(plan, after), emptied: groupsOf(plan), left: [...left, ...unmet] }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const unread = `The VM could not be read back afterwards, so Weir does not know what is lifted: ${error.message}`
    const isCutShort = problems.length > 0
    return { ...nothing, record, emptied: groupsOf(plan), left: [...left, ...problems, unread], isCutShort }
  }
}

/** Puts back what is still lifted and reads it back. The record goes when nothing is left to be put back. */
export async function putBack(
  vm: OpenVm,
  record: LiftRecord,
  journal: LiftJournal,
  rule: ChangedRule = 'keep',
): Promise<PutBack> {
  const { link } = vm
  const seen = await link.discover()
  if (seen.status === 'postmigrate') {
    // It goes on here when the target fails, or when it was only saved to a file.
    await journal.noteMigrated(record.address)
    return { restored: [], back: [], emptied: [], kept: [], failed: [MIGRATED] }
  }
  const found = liveOnly({ link, picture: adoptNames(seen, record.before) })
  const now = captureWorkspace(found.picture, record.before.name)
  const aim = putBackAim(now, record, rule)
  const plan = makePlan({ picture: found.picture, base: now, desired: aim.desired, scope: 'edit' })
  const answers = plan.steps.length === 0 ? [] : await link.send(plan.steps)
  const after = plan.steps.length === 0 ? found.picture : adoptNames(await link.discover(), record.before)
  const { pending } = putBackAim(captureWorkspace(after, record.before.name), record, rule)
  const failed =
    pending.length === 0
      ? []
      : [...plan.impossible, ...refusals(answers), ...pending.map((name) => `${name} has not been fully restored yet.`)]
  if (failed.length === 0) await journal.end(record.address)
  return {
    restored: readBack(plan, after),
    back: aim.back,
    emptied: groupsOf(plan),
    kept: [...aim.kept, ...aim.absent],
    failed,
  }
}

function refusals(answers: readonly StepAnswer[]): readonly string[] {
  return answers.filter(({ outcome }) => outcome !== 'done').map(({ answer }) => answer)
}

/** Every group that is set or joined begins with empty buckets. */
function groupsOf(plan: Plan): readonly string[] {
  return [...plan.touched.groups]
}
