import { assert } from '#shared/assert.ts'
import { LESSONS, type LessonId, withStepsDone } from '#shared/lessons/lessons.ts'
import { closeChoose } from '../store/choose.ts'
import { type FiguresBefore, resumeAt, setLessons, stepDone, useLessons } from '../store/lessons.ts'
import { deviceRates, latestSnapshot, onSnapshot } from '../store/telemetry.ts'
import { announce, closeDialog, useUi } from '../store/ui.ts'
import { currentWorkspace, edit, useWorkspace } from '../store/workspace.ts'
import { invoke, report, reportFailure } from './ipc.ts'

// A lesson is done on an example's board: it opens as any example does, asks for unsaved edits first, and then looks at
// what is measured and decided until the step at hand is done, whoever did it.

/** Opens the lesson's example, with the steps done that were done before. */
export async function beginLesson(lesson: LessonId, from?: 'beginning'): Promise<void> {
  if (useUi.getState().mode !== 'lab') {
    const inLab = await invoke('board/mode', { mode: 'lab' })
    if (!inLab.ok) return report(inLab, 'run')
  }
  const before = useUi.getState().document.generation
  const opened = await invoke('document/open-example', { id: LESSONS[lesson].example })
  report(opened, 'document')
  if (!opened.ok) return
  closeChoose()
  closeDialog()
  const generation = await generationAfter(before)
  const step = from === 'beginning' ? 0 : resumeAt(lesson, useLessons.getState().progress)
  const { length } = LESSONS[lesson].steps
  if (step > 0) {
    edit(`Steps 1 to ${step} of the lesson`, (workspace) => withStepsDone(workspace, LESSONS[lesson], step))
    reportFailure(invoke('board/control', { action: 'start' }), 'run')
  }
  setLessons({ open: true, lesson, step, generation, before: {} })
  announce(`${LESSONS[lesson].title}. Step ${step + 1} of ${length}: ${LESSONS[lesson].steps[step]?.title}.`)
}

/** Of the document that takes the place of the one `before`: it may come after the answer. */
function generationAfter(before: number): Promise<number> {
  const now = () => useUi.getState().document.generation
  if (now() !== before) return Promise.resolve(now())
  return new Promise((resolve) => {
    const stop = useUi.subscribe(() => {
      if (now() === before) return
      stop()
      resolve(now())
    })
  })
}

/** Looks whenever something is measured, edited or selected. Returns the function that stops it. */
export function watchLessons(): () => void {
  const undo = [onSnapshot(look), useUi.subscribe(look), useLessons.subscribe(look)]
  return () => {
    for (const stop of undo) stop()
  }
}

/** What a step that is done changes makes the stores look again: that is for the look under way to see. */
let isLooking = false

function look(): void {
  if (isLooking) return
  isLooking = true
  try {
    while (isStepDone()) finishStep()
  } finally {
    isLooking = false
  }
}

function isStepDone(): boolean {
  const { open, lesson, step, generation } = useLessons.getState()
  const { document, mode, selectedDevices, dialog } = useUi.getState()
  if (!open || lesson === null || generation !== document.generation || mode !== 'lab') return false
  // A slider goes away with its step: not from under the hand that drags it.
  if (useWorkspace.getState().gesture !== null) return false
  const snapshot = latestSnapshot()
  const scene = { workspace: currentWorkspace(), snapshot, selectedDevices, isExporting: dialog === 'export' }
  return LESSONS[lesson].steps[step]?.isDone(scene) ?? false
}

function finishStep(): void {
  const { lesson, step } = useLessons.getState()
  assert(lesson !== null, 'a step that is done is one of a lesson')
  stepDone(figuresNow())
  const { steps } = LESSONS[lesson]
  const next = steps[step + 1]
  announce(`Done: ${steps[step]?.title}. ${next === undefined ? 'Lesson complete.' : `Next: ${next.title}.`}`)
  reportFailure(invoke('lessons/set', useLessons.getState().progress))
}

function figuresNow(): Readonly<Record<string, FiguresBefore>> {
  const devices = latestSnapshot()?.devices ?? {}
  return Object.fromEntries(
    Object.entries(devices).map(([id, { read, write }]) => {
      const rates = deviceRates(id)
      const waits = [read.waitP99Ns, write.waitP99Ns].filter((wait) => wait !== null)
      const sum = (unit: 'iops' | 'bps') => (rates?.read.rates[unit] ?? 0) + (rates?.write.rates[unit] ?? 0)
      return [id, { iops: sum('iops'), bps: sum('bps'), waitP99Ns: waits.length === 0 ? null : Math.max(...waits) }]
    }),
  )
}
