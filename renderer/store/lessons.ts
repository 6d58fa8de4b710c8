import { create } from 'zustand'
import { LESSONS, type LessonId, type LessonProgress, NO_PROGRESS } from '#shared/lessons/lessons.ts'

// Learn by doing: which lesson is open, how far it is, and what was measured before the step at hand.

/** Of one device, when the step at hand began. */
export interface FiguresBefore {
  readonly iops: number
  readonly bps: number
  readonly waitP99Ns: number | null
}

export interface LessonsState {
  readonly open: boolean
  /** null: the list of lessons is shown. */
  readonly lesson: LessonId | null
  /** Steps done; all of them: the lesson is over. */
  readonly step: number
  /** Of the document on whose board it is done. */
  readonly generation: number
  /** How far each lesson has been; kept by the main process. */
  readonly progress: LessonProgress
  /** By device. */
  readonly before: Readonly<Record<string, FiguresBefore>>
}

const INITIAL: LessonsState = {
  open: false,
  lesson: null,
  step: 0,
  generation: -1,
  progress: NO_PROGRESS,
  before: {},
}

export const useLessons = create<LessonsState>()(() => INITIAL)

export const setLessons: (part: Partial<LessonsState>) => void = useLessons.setState

export function openLessons(): void {
  setLessons({ open: true, lesson: null })
}

export function closeLessons(): void {
  setLessons({ open: false, lesson: null })
}

/** One step further. */
export function stepDone(before: LessonsState['before']): void {
  const { lesson, step, progress } = useLessons.getState()
  if (lesson === null) return
  const done = step + 1
  setLessons({ step: done, before, progress: { ...progress, [lesson]: Math.max(progress[lesson], done) } })
}

/** Where the lesson goes on: behind the steps that were done; from the beginning once it was done to the end. */
export function resumeAt(lesson: LessonId, progress: LessonProgress): number {
  const done = progress[lesson]
  return done >= LESSONS[lesson].steps.length ? 0 : done
}
