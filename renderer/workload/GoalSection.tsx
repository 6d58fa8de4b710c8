import { X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { promiseWords } from '#shared/goals.ts'
import { formatIssue } from '#shared/issue.ts'
import { goalsOf, setGoals } from '#shared/workspace/goal-edits.ts'
import { goalText, parseGoalText } from '#shared/workspace/goal-text.ts'
import type { Device, Goal, Workspace } from '#shared/workspace/workspace.ts'
import { currentWorkspace, edit, useWorkspace } from '../store/workspace.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { TextField } from '../ui/TextField.tsx'
import { common } from './common.ts'
import styles from './WorkloadPanel.module.css'

interface Props {
  readonly devices: readonly Device[]
}

/** What the limits are for: kept in the workspace, shown on the card, judged by every run. */
export function GoalSection({ devices }: Props) {
  const ids = devices.map(({ id }) => id)
  const all = useWorkspace(useShallow(({ workspace }) => ids.map((id) => textsOf(workspace, id))))
  const texts =
    common(all, (text) => text)
      ?.split('\n')
      .filter((text) => text !== '') ?? null
  // The same goal twice is one promise.
  const distinct = [...new Set(texts ?? [])]
  const set = (label: string, goals: (device: string) => readonly Goal[]) =>
    edit(`${label} of ${ids.length === 1 ? ids[0] : `${ids.length} devices`}`, (workspace) =>
      ids.reduce((current, id) => setGoals(current, id, goals(id)), workspace),
    )
  const now = (id: string) => goalsOf(currentWorkspace(), id)
  const others = (text: string, id: string) => now(id).filter((goal) => goalText(goal) !== text)
  const replaced = (text: string, next: Goal, id: string) =>
    now(id).map((goal) => (goalText(goal) === text ? { ...next, device: id } : goal))
  return (
    <section className={styles.section} aria-label="Goals">
      <div className={styles.head}>
        <h2>Goals</h2>
      </div>
      {distinct.map((text, index) => (
        <FieldRow key={text} label={index === 0 ? 'Promised' : 'and'}>
          <span className={styles.goal}>
            <GoalField
              label={`Goal ${index + 1}`}
              text={text}
              device={ids[0] ?? ''}
              onGoal={(goal) => set(`Goal ${promiseWords(goal)}`, (id) => replaced(text, goal, id))}
            />
            <IconButton
              label={`Remove goal ${index + 1}`}
              icon={<X />}
              onClick={() => set('Goal taken away', (id) => others(text, id))}
            />
          </span>
        </FieldRow>
      ))}
      {texts === null && (
        <p className={styles.hint}>These devices have goals that differ; a new one takes their place.</p>
      )}
      <FieldRow label={distinct.length === 0 ? 'Promise' : 'Another'}>
        <GoalField
          label="New goal"
          text=""
          device={ids[0] ?? ''}
          onGoal={(goal) =>
            set(`Goal ${promiseWords(goal)}`, (id) => [...(texts === null ? [] : now(id)), { ...goal, device: id }])
          }
        />
      </FieldRow>
    </section>
  )
}

/** By value, so that devices can be compared: one goal a line. */
function textsOf(workspace: Workspace, id: string): string {
  return goalsOf(workspace, id).map(goalText).join('\n')
}

interface FieldProps {
  readonly label: string
  readonly text: string
  readonly device: string
  readonly onGoal: (goal: Goal) => void
}

/** A text that counts when it is a goal and is left or confirmed; else it stays with its reason. Escape takes it back. */
function GoalField({ label, text, device, onGoal }: FieldProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  // Leaving the field commits what Escape has just thrown away, were it read from the render before.
  const typed = useRef<string | null>(null)
  const type = (next: string | null) => {
    typed.current = next
    setDraft(next)
    if (next === null) setProblem(null)
  }
  const commit = () => {
    const current = typed.current
    if (current === null) return
    if (current.trim() === text) return type(null)
    const goal = parseGoalText(current, device)
    if (!goal.ok) return setProblem(goal.issues.map(formatIssue).join(' '))
    type(null)
    onGoal(goal.value)
  }
  return (
    <TextField
      label={label}
      value={draft ?? text}
      placeholder="p99 ≤ 50 ms"
      problem={problem}
      onChange={type}
      onBlur={() => (typed.current?.trim() === '' ? type(null) : commit())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape' && typed.current !== null) {
          event.stopPropagation()
          type(null)
        }
      }}
    />
  )
}
