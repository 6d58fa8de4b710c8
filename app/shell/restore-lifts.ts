import { usualLiftJournal } from '#main/live/lift/lift-journal.ts'
import { orphanedLifts, type Restored, restoreLift } from '#main/live/lift/restore.ts'
import { restoreCommand } from '#main/live/lift/restore-command.ts'
import type { Problem } from '../board/problem.ts'

/** When the app starts: limits that a Weir lifted which was killed are put back. A message for each VM. */
export async function restoreOrphans(): Promise<readonly Problem[]> {
  const journal = usualLiftJournal()
  const problems: Problem[] = []
  for (const record of await orphanedLifts(journal)) problems.push(problemOf(await restoreLift(record, journal)))
  return problems
}

function problemOf({ record, done, error }: Restored): Problem {
  const { address } = record
  const again = `${restoreCommand(address)} tries again.`
  if (done === null) {
    return {
      message: `Limits of ${address} are still lifted by a Weir that has ended.`,
      advice: `${error?.message ?? ''} ${again}`,
    }
  }
  const lines = [...done.restored, ...done.kept.map((line) => `kept: ${line}`), ...done.failed]
  const isBack = done.failed.length === 0
  return {
    message: `Limits of ${address} were lifted by a Weir that has ended; ${isBack ? 'they have been put back' : 'not all could be put back'}.`,
    advice: [...lines, ...(isBack ? [] : [again])].join('\n'),
  }
}
