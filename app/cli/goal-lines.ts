import { goalWords, verdictWords } from '#shared/goals.ts'
import type { RunResult } from '#shared/result.ts'
import type { ExitCode } from './command.ts'
import type { Paint } from './terminal.ts'

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
