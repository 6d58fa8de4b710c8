import { Play, X } from 'lucide-react'
import { describeChanges } from '#shared/workspace/changes.ts'
import { cancelPrediction, runPrediction } from '../bridge/predict.ts'
import { type PredictRun, setPredict, shownRun, usePredict } from '../store/predict.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { ProgressBar } from '../ui/ProgressBar.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import styles from './PredictBar.module.css'
import { durationText, parseRunDuration, stepDuration } from './predict-model.ts'
import { Scrubber } from './Scrubber.tsx'

const VIEWS = [
  { value: 'board', label: 'Board' },
  { value: 'result', label: 'Result' },
] as const

/** Above the lanes in the mode Predict: how long, run, and the way through the simulated time. */
export function PredictBar() {
  const mode = useUi((ui) => ui.mode)
  const run = usePredict(shownRun)
  const view = usePredict((state) => state.view)
  const durationS = usePredict((state) => state.durationS)
  if (mode !== 'predict') return null
  const isRunning = run?.status === 'running'
  return (
    <section className={styles.bar} aria-label="Prediction">
      <span className={styles.caption}>Simulate</span>
      <NumberField
        label="Duration"
        value={durationS}
        format={durationText}
        parse={parseRunDuration}
        step={stepDuration}
        onCommit={(next) => setPredict({ durationS: next })}
        disabled={isRunning}
        width="s"
      />
      {isRunning ? (
        <Button onClick={() => void cancelPrediction()}>
          <X />
          Cancel
        </Button>
      ) : (
        <Button variant="primary" onClick={() => void runPrediction()}>
          <Play />
          Run prediction
        </Button>
      )}
      {isRunning && <Progress run={run} />}
      {!isRunning && run && run.snapshots.length > 0 && <Scrubber run={run} />}
      {!isRunning && <State run={run} />}
      {run && (
        <Segmented
          label="Prediction view"
          value={view}
          segments={VIEWS}
          onChange={(next) => setPredict({ view: next })}
        />
      )}
    </section>
  )
}

function Progress({ run }: { readonly run: PredictRun }) {
  return (
    <span className={styles.progress}>
      <ProgressBar label="Prediction under way" value={run.fraction} />
      <span className={styles.percent}>{Math.floor(run.fraction * 100)} %</span>
    </span>
  )
}

/** What is to be said of the run that is shown; nothing, when it is simply done. */
function State({ run }: { readonly run: PredictRun | null }) {
  const workspace = useWorkspace((state) => state.workspace)
  if (!run) {
    return (
      <span className={styles.words}>
        Virtual time: an hour takes seconds, nothing is written, and the same seed gives the same answer.
      </span>
    )
  }
  if (run.status === 'failed') {
    return (
      <span className={styles.problem} role="alert">
        {run.error}
      </span>
    )
  }
  const isChanged = run.workspace !== workspace && describeChanges(run.workspace, workspace).length > 0
  if (isChanged) return <span className={styles.changed}>Changed since: run again to compare.</span>
  if (run.status === 'cancelled') {
    const words =
      run.snapshots.length > 0 ? 'Cancelled; these are the figures so far.' : 'Cancelled before there was a result.'
    return <span className={styles.words}>{words}</span>
  }
  return null
}
