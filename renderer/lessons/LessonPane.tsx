import { ChevronLeft, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { LESSON_IDS, LESSONS, type LessonId } from '#shared/lessons/lessons.ts'
import { beginLesson } from '../bridge/lessons.ts'
import { closeLessons, openLessons, resumeAt, useLessons } from '../store/lessons.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Note } from '../ui/Note.tsx'
import styles from './LessonPane.module.css'
import { LessonSteps } from './LessonSteps.tsx'

/** Learn by doing: the list of lessons, or the one that is being done. */
export function LessonPane() {
  const lesson = useLessons((state) => state.lesson)
  const heading = useRef<HTMLHeadingElement>(null)
  // Opened from a menu or a dialog, it is where the keyboard goes on.
  useEffect(() => {
    heading.current?.focus({ preventScroll: lesson === null })
  }, [lesson])
  const title = lesson === null ? 'Learn by doing' : LESSONS[lesson].title
  return (
    <aside className={styles.pane} aria-label={lesson === null ? title : `Lesson: ${title}`}>
      <header className={styles.head}>
        {lesson !== null && <IconButton label="All lessons" icon={<ChevronLeft />} onClick={openLessons} />}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <IconButton label="Close lessons" icon={<X />} onClick={closeLessons} />
      </header>
      {lesson === null ? <Lessons /> : <Open lesson={lesson} />}
    </aside>
  )
}

function Lessons() {
  return (
    <>
      <p className={styles.sub}>
        Each opens its own example and runs it in the lab. Nothing but files of Weir’s own is written to; unsaved edits
        are asked about first.
      </p>
      <ul className={styles.list}>
        {LESSON_IDS.map((lesson) => (
          <Entry key={lesson} lesson={lesson} />
        ))}
      </ul>
    </>
  )
}

function Entry({ lesson }: { readonly lesson: LessonId }) {
  const progress = useLessons((state) => state.progress)
  const { title, summary, minutes, steps } = LESSONS[lesson]
  const done = progress[lesson]
  const isOver = done >= steps.length
  const from = resumeAt(lesson, progress)
  const state = isOver ? 'done' : done > 0 ? `${done} of ${steps.length} steps` : `${minutes} minutes`
  return (
    <li className={styles.entry} data-over={isOver || undefined}>
      <h2>{title}</h2>
      <p>{summary}</p>
      <div className={styles.actions}>
        <span className={styles.state}>{state}</span>
        {from > 0 && (
          <Button
            size="s"
            variant="quiet"
            aria-label={`${title}: from the beginning`}
            onClick={() => void beginLesson(lesson, 'beginning')}
          >
            From the beginning
          </Button>
        )}
        <Button
          size="s"
          variant={isOver ? 'default' : 'primary'}
          aria-label={`${title}: ${from > 0 ? 'go on' : isOver ? 'again' : 'begin'}`}
          onClick={() => void beginLesson(lesson)}
        >
          {from > 0 ? 'Go on' : isOver ? 'Again' : 'Begin'}
        </Button>
      </div>
    </li>
  )
}

/** The lesson's own board, or the way back to it. */
function Open({ lesson }: { readonly lesson: LessonId }) {
  const generation = useLessons((state) => state.generation)
  const isItsBoard = useUi((ui) => ui.document.generation === generation)
  const isLab = useUi((ui) => ui.mode === 'lab')
  if (!isItsBoard) {
    return (
      <Note
        actions={
          <Button size="s" onClick={() => void beginLesson(lesson)}>
            Open the lesson’s board again
          </Button>
        }
      >
        Another workspace is open. The steps that you have done are kept.
      </Note>
    )
  }
  return (
    <>
      {!isLab && <Note>The lesson continues in the lab: press Ctrl 1.</Note>}
      <LessonSteps lesson={LESSONS[lesson]} />
    </>
  )
}
