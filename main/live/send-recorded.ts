import { EngineError } from '#main/engine-error.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { StepAnswer } from './apply-plan.ts'
import type { Plan } from './plan.ts'
import type { VmLink } from './vm-link.ts'

/** Is told before the first command goes, and when every command was answered. */
export interface ApplyRecord {
  readonly begin: (about: { readonly before: Workspace; readonly desired: Workspace }) => Promise<void>
  readonly end: () => Promise<void>
}

export const NO_RECORD: ApplyRecord = { begin: async () => undefined, end: async () => undefined }

export interface SentPlan {
  readonly answers: readonly StepAnswer[]
  /** Why the record of what is over could not be removed, in a sentence; null: it is as it should be. */
  readonly problem: string | null
}

/**
 * Sends what the plan says. The record stays open where it is not known of a command whether it took effect. Throws EngineError
 * when it cannot be begun: then nothing was sent.
 */
export async function sendRecorded(
  link: VmLink,
  { plan, before, record }: { readonly plan: Plan; readonly before: Workspace; readonly record: ApplyRecord },
): Promise<SentPlan> {
  await record.begin({ before, desired: plan.aim })
  const answers = await link.send(plan.steps)
  if (answers.some(({ outcome }) => outcome === 'unknown')) return { answers, problem: null }
  try {
    await record.end()
    return { answers, problem: null }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { answers, problem: `${error.message} ${error.advice}` }
  }
}
