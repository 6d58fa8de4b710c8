import { Check } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { canBeDone, LESSON_IDS, LESSONS, type Lesson, type LessonStep } from '#shared/lessons/lessons.ts'
import { beginLesson } from '../bridge/lessons.ts'
import { openLessons, useLessons } from '../store/lessons.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { Note } from '../ui/Note.tsx'
import { BURST_WORDS } from './burst-words.tsx'
import { CHAIN_WORDS } from './chain-words.tsx'
import styles from './LessonPane.module.css'
import { NEIGHBOUR_WORDS } from './neighbour-words.tsx'
import type { StepWords } from './parts.tsx'

const WORDS: Readonly<Record<Lesson['id'], Readonly<Record<string, StepWords>>>> = {
  'noisy-neighbour': NEIGHBOUR_WORDS,
  bursts: BURST_WORDS,
  'disk-under-vm': CHAIN_WORDS,
}

/** What was done, what is to do now, and what is to come. */
export function LessonSteps({ lesson }: { readonly lesson: Lesson }) {
  const step = useLessons((state) => state.step)
  const list = useRef<HTMLOListElement>(null)
  const before = useRef(step)
  // The button that did a step goes away with it: the keyboard goes on at the next one.
  useEffect(() => {
    if (before.current === step) return
    before.current = step
    const current = list.current?.querySelector<HTMLElement>('[aria-current="step"] h2, [data-end] h2')
    current?.scrollIntoView({ block: 'nearest' })
    const focused = document.activeElement
    if (focused === document.body || list.current?.contains(focused) === true) current?.focus()
  }, [step])
  return (
    <ol ref={list} className={styles.steps}>
      {lesson.steps.map((each, index) => (
        <Step key={each.id} lesson={lesson} step={each} index={index} at={step} />
      ))}
      {step >= lesson.steps.length && <End lesson={lesson} />}
    </ol>
  )
}

interface StepProps {
  readonly lesson: Lesson
  readonly step: LessonStep
  readonly index: number
  /** The number of the step to be done now. */
  readonly at: number
}

function Step({ lesson, step, index, at }: StepProps) {
  const { Say, After } = WORDS[lesson.id][step.id] ?? {}
  const isNow = index === at
  const isDone = index < at
  // What a step came to is told until the next one is done, and at the end of the lesson.
  const isFresh = isDone && index === at - 1
  return (
    <li
      className={styles.step}
      data-state={isDone ? 'done' : isNow ? 'now' : 'later'}
      aria-current={isNow ? 'step' : undefined}
    >
      <span className={styles.number} aria-hidden="true">
        {isDone ? <Check /> : index + 1}
      </span>
      <h2 tabIndex={-1}>
        {step.title}
        {isDone && <span className={styles.unseen}>, done</span>}
      </h2>
      {isNow && Say && <Now lesson={lesson} step={step} say={<Say />} />}
      {isFresh && After && (
        <div className={styles.after}>
          <After />
        </div>
      )}
    </li>
  )
}

interface NowProps {
  readonly lesson: Lesson
  readonly step: LessonStep
  readonly say: React.ReactNode
}

function Now({ lesson, step, say }: NowProps) {
  const isPossible = useWorkspace((state) => canBeDone(step, state.workspace))
  if (isPossible) return <div className={styles.say}>{say}</div>
  const gone = [step.needs?.device, step.needs?.group].filter((name) => name !== undefined).join(' or ')
  return (
    <div className={styles.say}>
      <Note
        tone="warn"
        actions={
          <Button size="s" onClick={() => void beginLesson(lesson.id)}>
            Open the lesson’s board again
          </Button>
        }
      >
        {gone} is no longer on the board. Undo brings it back, or open the board again: the steps done are kept.
      </Note>
    </div>
  )
}

function End({ lesson }: { readonly lesson: Lesson }) {
  const next = LESSON_IDS[LESSON_IDS.indexOf(lesson.id) + 1]
  return (
    <li className={styles.step} data-state="now" data-end>
      <span className={styles.number} aria-hidden="true">
        <Check />
      </span>
      <h2 tabIndex={-1}>Lesson complete</h2>
      <div className={styles.say}>
        <p>The board is yours: change what you like, or save it with Ctrl S.</p>
        <div className={styles.actions}>
          {next !== undefined && (
            <Button size="s" variant="primary" onClick={() => void beginLesson(next)}>
              Next: {LESSONS[next].title}
            </Button>
          )}
          <Button size="s" onClick={openLessons}>
            All lessons
          </Button>
        </div>
      </div>
    </li>
  )
}
