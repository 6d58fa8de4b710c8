import { EngineError } from '#main/engine-error.ts'
import { asEngineError } from '#main/qmp/qmp-errors.ts'
import type { QemuApplyReply } from '#shared/ipc/contract.ts'
import { appliedEvents, applyReply, nothingSent, readBack } from './apply-words.ts'
import { type Plan, qemuPlan, unfulfilled } from './plan.ts'
import { type ApplyRecord, sendRecorded } from './send-recorded.ts'
import type { SessionLink } from './session-link.ts'
import type { SnapshotMaker } from './snapshot-maker.ts'
import type { Staging } from './staging.ts'

export interface Applying {
  readonly link: SessionLink
  readonly staging: Staging
  readonly maker: SnapshotMaker
  /** The commands the user saw; others are not sent. */
  readonly shown: readonly string[]
  readonly nowNs: () => number
  readonly record: ApplyRecord
}

export interface Sent {
  readonly reply: QemuApplyReply
  /** The connection failed on the way. */
  readonly broken: EngineError | null
}

/** Looks, sends exactly what was shown, looks again. */
export async function applyStaged(applying: Applying): Promise<Sent> {
  const { link, staging, shown } = applying
  try {
    staging.look(await link.discover())
  } catch (error) {
    return { reply: nothingSent(`Nothing was sent: ${asEngineError(error).message}`), broken: asEngineError(error) }
  }
  const plan = staging.plan()
  if (qemuPlan(plan).commands.join('\n') !== shown.join('\n')) {
    return {
      reply: nothingSent('The plan has changed since it was shown. Review it, then apply again.'),
      broken: null,
    }
  }
  if (plan.steps.length === 0) return { reply: nothingSent('There is nothing to send.'), broken: null }
  return send(applying, plan)
}

async function send({ link, staging, maker, nowNs, record }: Applying, plan: Plan): Promise<Sent> {
  try {
    // What was done before the change belongs to the old groups and limits.
    maker.observer.observe(staging.picture, await link.look(nowNs))
  } catch (error) {
    return { reply: nothingSent(`Nothing was sent: ${asEngineError(error).message}`), broken: asEngineError(error) }
  }
  const sent = await sendRecorded(link, { plan, before: staging.reality, record }).catch(asEngineError)
  if (sent instanceof EngineError) return { reply: nothingSent(`${sent.message} ${sent.advice}`), broken: null }
  const { answers, problem } = sent
  const touched = plan.steps.filter((_step, index) => ['done', 'unknown'].includes(answers[index]?.outcome ?? ''))
  maker.observer.noteEmptied(touched.flatMap((step) => step.empties ?? step.makes ?? []))
  if (answers.every(({ outcome }) => outcome === 'done')) maker.note(appliedEvents(plan, nowNs()))
  try {
    // Requests that a move let go are charged to the group they were in.
    maker.observer.observe(staging.picture, await link.look(nowNs))
    staging.look(await link.discover())
    staging.lookAtJobs(await link.jobs())
    staging.noteSent(answers)
  } catch (error) {
    const broken = asEngineError(error)
    const sentence = `The VM could not be read back afterwards, so Weir does not know what took effect: ${broken.message}`
    return { reply: withProblem(applyReply(answers, [sentence], []), problem), broken }
  }
  const unmet = [...unfulfilled(plan, staging.picture), ...staging.unfulfilledSpeeds]
  return { reply: withProblem(applyReply(answers, unmet, readBack(plan, staging.picture)), problem), broken: null }
}

/** The commands were sent: what fails afterwards does not mean that they failed. */
function withProblem(reply: QemuApplyReply, problem: string | null): QemuApplyReply {
  return problem === null ? reply : { ...reply, message: `${reply.message} ${problem}` }
}
