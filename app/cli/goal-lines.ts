import { goalWords, judgeGoals, verdictWords } from '#shared/goals.ts'
import type { RunResult } from '#shared/result.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { ExitCode } from './command.ts'
import type { Paint } from './terminal.ts'

/** The result with what it says to the workspace's goals; as it is where there are none. */
export function withGoals(result: RunResult, { goals = [] }: Workspace): RunResult {
  return goals.length === 0 ? result : { ...result, goals: judgeGoals(goals, result) }
}

/** 1: a goal is missed. */
export function goalExit({ goals = [] }: RunResult): ExitCode {
  return goals.some((goal) => !goal.met) ? 1 : 0
}

export function goalLines({ goals = [] }: RunResult, paint: Paint): readonly string[] {
  if (goals.length === 0) return []
  return [
    '',
    paint.bold('Goals'),
    ...goals.map((goal) => (goal.met ? paint.good : paint.bad)(`  ${goalWords(goal.goal)}: ${verdictWords(goal)}`)),
  ]
}
