import { goalWords, judgeGoals } from '#shared/goals.ts'
import type { JudgedGoal, RunResult } from '#shared/result.ts'
import { formatDurationNs } from '#shared/units.ts'
import styles from './ResultTable.module.css'

interface Props {
  /** As the run judges them. */
  readonly goals: readonly JudgedGoal[]
  /** The run it is compared with; null: none. */
  readonly before: RunResult | null
}

/** Which goals of the workspace a run keeps, and by how much. */
export function GoalTable({ goals, before }: Props) {
  const was =
    before === null
      ? null
      : judgeGoals(
          goals.map(({ goal }) => goal),
          before,
        )
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption className={styles.caption}>Goals</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.name}>
              Goal
            </th>
            <th scope="col">Verdict</th>
            {was !== null && <th scope="col">Was</th>}
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {goals.map((judged, index) => (
            <tr key={keyOf(judged, goals.slice(0, index))}>
              <th scope="row" className={styles.name}>
                {goalWords(judged.goal)}
              </th>
              <td className={styles.verdict} data-met={judged.met}>
                {judged.met ? 'met' : 'missed'}
              </td>
              {was !== null && <td>{waited(was[index])}</td>}
              <td>
                <b className={styles.value}>{waited(judged)}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A goal may stand there twice. */
function keyOf(judged: JudgedGoal, before: readonly JudgedGoal[]): string {
  const text = JSON.stringify(judged.goal)
  return `${text} ${before.filter(({ goal }) => JSON.stringify(goal) === text).length}`
}

function waited(judged: JudgedGoal | undefined): string {
  return judged?.waitNs == null ? 'no request' : formatDurationNs(judged.waitNs)
}
