import { Copy } from 'lucide-react'
import { judgeGoals } from '#shared/goals.ts'
import { playedHiddenWords } from '#shared/hidden-words.ts'
import { measuredWords } from '#shared/measured-words.ts'
import { gainsBetween } from '#shared/report/gains.ts'
import { leadSentences } from '#shared/report/report.ts'
import { USUAL_TOLERANCE } from '#shared/report/report-run.ts'
import { type Change, describeChanges } from '#shared/workspace/changes.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { againstRun, type PredictRun, setPredict, shownRun, showRun, usePredict } from '../store/predict.ts'
import { announce, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Select } from '../ui/Select.tsx'
import { CurvePanel } from './CurvePanel.tsx'
import { GoalTable } from './GoalTable.tsx'
import styles from './PredictResult.module.css'
import { durationText } from './predict-model.ts'
import { ReportButton } from './ReportButton.tsx'
import { ResultTable } from './ResultTable.tsx'
import { resultText } from './report-of-runs.ts'
import { DEVICE_FIGURES, deviceRows, GROUP_FIGURES, groupRows } from './result-rows.ts'

/** The result of a run in figures, alone or beside an earlier run with other limits. */
export function PredictResult() {
  const run = usePredict(shownRun)
  const against = usePredict(againstRun)
  if (!run?.result) {
    return (
      <div className={styles.view}>
        <EmptyState title="No result yet">
          {run?.status === 'running' ? 'It comes when the run ends.' : 'Run a prediction, and its figures appear here.'}
        </EmptyState>
      </div>
    )
  }
  const { result } = run
  const before = against?.result ?? null
  const gains = before === null ? null : gainsBetween(before, result, USUAL_TOLERANCE)
  const goals = judgeGoals(run.workspace.goals ?? [], result)
  return (
    <section className={styles.view} aria-label="Prediction result">
      <Head run={run} against={against} />
      {against && <Differences from={against} to={run} />}
      {gains !== null && <p className={styles.lead}>{leadSentences(gains, goals, USUAL_TOLERANCE)}</p>}
      {playedHiddenWords(result.hidden ?? []).map((words) => (
        <p key={words} className={styles.lead}>
          {words}
        </p>
      ))}
      {measuredWords(result.recordedLatency ?? []).map((words) => (
        <p key={words} className={styles.changes}>
          {words}
        </p>
      ))}
      {goals.length > 0 && <GoalTable goals={goals} before={before} />}
      <CurvePanel run={run} against={against} />
      <ResultTable caption="Groups" figures={GROUP_FIGURES} rows={groupRows(result, before)} />
      <ResultTable
        caption="Devices"
        figures={DEVICE_FIGURES}
        rows={deviceRows(result, before)}
        withGroup
        gains={gains}
      />
    </section>
  )
}

interface PairProps {
  readonly run: PredictRun
  readonly against: PredictRun | null
}

function Head({ run, against }: PairProps) {
  const runs = usePredict((state) => state.runs)
  const withResult = runs.filter((each) => each.result !== null)
  const copy = async () => {
    const outcome = await invoke('clipboard/write', { text: resultText(run) })
    if (outcome.ok) announce('Result copied as JSON.')
    return outcome
  }
  return (
    <div className={styles.head}>
      <span className={styles.label}>Showing</span>
      <Select
        label="Run"
        value={String(run.id)}
        options={withResult.map((each) => ({ value: String(each.id), label: runTitle(each, runs) }))}
        onChange={(id) => showRun(Number(id))}
      />
      <span className={styles.label}>compared with</span>
      <Select
        label="Compared with"
        value={String(against?.id ?? '')}
        options={[
          { value: '', label: 'nothing' },
          ...withResult
            .filter((each) => each.id !== run.id)
            .map((each) => ({ value: String(each.id), label: runTitle(each, runs) })),
        ]}
        onChange={(id) => setPredict({ against: id === '' ? null : Number(id) })}
      />
      <span className={styles.grow} />
      <Button onClick={() => reportFailure(copy())}>
        <Copy />
        Copy as JSON
      </Button>
      <ReportButton run={run} against={against} />
    </div>
  )
}

/** `Run B, 10 min`: letters, since runs are told apart side by side. */
function runTitle(run: PredictRun, runs: readonly PredictRun[]): string {
  const letter = String.fromCharCode(65 + runs.findIndex((each) => each.id === run.id))
  const { value, unit } = durationText(run.durationS)
  return `Run ${letter}, ${value} ${unit}${run.status === 'cancelled' ? ', cancelled' : ''}`
}

const SHOWN_CHANGES = 8

function Differences({ from, to }: { readonly from: PredictRun; readonly to: PredictRun }) {
  const units = useUi((ui) => ui.settings.units)
  const changes = describeChanges(from.workspace, to.workspace, units)
  if (changes.length === 0) return <p className={styles.changes}>Both runs had the same limits, groups and loads.</p>
  return (
    <p className={styles.changes}>
      <b>Between them:</b>
      {changes.slice(0, SHOWN_CHANGES).map((change) => (
        <Difference key={`${change.subject} ${change.from} ${change.to}`} change={change} />
      ))}
      {changes.length > SHOWN_CHANGES && <span>+ {changes.length - SHOWN_CHANGES} more</span>}
    </p>
  )
}

function Difference({ change }: { readonly change: Change }) {
  return (
    <span>
      {change.subject} <del className={styles.from}>{change.from}</del>
      <span aria-hidden="true"> → </span>
      <ins className={styles.to}>{change.to}</ins>
    </span>
  )
}
