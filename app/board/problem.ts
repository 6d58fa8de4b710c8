import type { Outcome, Pushes } from '#shared/ipc/contract.ts'
import { formatIssue } from '#shared/issue.ts'

/** What a window says in its corner: what could not be done, and what to do about it. */
export type Problem = Pushes['problem']

/** The window keeps few messages, and a long one would leave it. */
const MAX_LISTED = 10

/** Null: it was done, or the user changed their mind. */
export function problemOf(outcome: Outcome): Problem | null {
  if (outcome.ok || outcome.message === '') return null
  return { message: outcome.message, advice: outcome.issues.map(formatIssue).join('\n') }
}

/** The problems of several files as one message, a line for each; of one file, all that is wrong with it. */
export function listProblems(problems: readonly [Problem, ...Problem[]]): Problem {
  const [first, ...others] = problems
  if (others.length === 0) return first
  const lines = problems.slice(0, MAX_LISTED).map(({ message, advice }) => `${message} ${advice.split('\n')[0]}`)
  const more = problems.length - lines.length
  if (more > 0) lines.push(`and ${more} more`)
  return { message: `${problems.length} files cannot be opened.`, advice: lines.join('\n') }
}
