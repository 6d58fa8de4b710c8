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

/** Sends what the plan says. The record stays open where it is not known of a command whether it took effect. */
export async function sendRecorded(
  link: VmLink,
  { plan, before, record }: { readonly plan: Plan; readonly before: Workspace; readonly record: ApplyRecord },
): Promise<readonly StepAnswer[]> {
  await record.begin({ before, desired: plan.aim })
  const answers = await link.send(plan.steps)
  if (answers.every(({ outcome }) => outcome !== 'unknown')) await record.end()
  return answers
}
