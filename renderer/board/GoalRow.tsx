import { useRef } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { judgeGoals, promiseWords } from '#shared/goals.ts'
import { goalsOf } from '#shared/workspace/goal-edits.ts'
import { type GoalState, goalState, stateOfJudged, worstGoal } from '../store/goal-state.ts'
import { usePaint } from '../store/paint.ts'
import { shownRun, usePredict } from '../store/predict.ts'
import { deviceHeat } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { writeAttribute, writeText } from '../ui/metric.ts'
import styles from './GoalRow.module.css'

/** What is promised of a device and how that stands; of several goals the worst. The verdict is written past React. */
export function GoalRow({ id }: { readonly id: string }) {
  const root = useRef<HTMLDivElement>(null)
  const goals = useWorkspace(useShallow(({ workspace }) => goalsOf(workspace, id)))
  const isPredicted = useUi((ui) => ui.mode === 'predict')
  const result = usePredict((state) => shownRun(state)?.result ?? null)
  usePaint((snapshot) => {
    const states =
      isPredicted && result !== null
        ? judgeGoals(goals, result).map(stateOfJudged)
        : goals.map((goal) => goalState(goal, snapshot?.devices[id], deviceHeat(id)))
    paintGoal(root.current, states)
  })
  return (
    <div ref={root} className={styles.goal} data-goal>
      <span className={styles.mark} aria-hidden="true" />
      <span className={styles.promise} data-part="promise" />
      <b className={styles.verdict} data-part="verdict" />
    </div>
  )
}

function paintGoal(root: HTMLElement | null, states: readonly GoalState[]): void {
  const worst = worstGoal(states)
  if (!root || worst === null) return
  const more = states.length > 1 ? ` +${states.length - 1}` : ''
  writeAttribute(root, 'data-state', worst.state)
  writeText(root.querySelector('[data-part=promise]'), `${promiseWords(worst.goal)}${more}`)
  writeText(root.querySelector('[data-part=verdict]'), worst.words)
  writeAttribute(root, 'title', states.map(lineOf).join('\n'))
}

function lineOf({ goal, words, about }: GoalState): string {
  return `Goal ${promiseWords(goal)}: ${words}, ${about}`
}
