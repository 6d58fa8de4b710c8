import { create } from 'zustand'
import type { PredictProgress } from '#shared/ipc/contract.ts'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { pushSnapshot, resetTelemetry, showSnapshot } from './telemetry.ts'
import { useUi } from './ui.ts'

// Predictions: the runs of this session, newest last, which one the board shows and at which moment. A run keeps the
// workspace it was asked with, so that later edits can be told from it and two runs can be compared.

export interface PredictRun {
  readonly id: number
  readonly workspace: Workspace
  readonly durationS: number
  readonly status: 'running' | 'done' | 'cancelled' | 'failed'
  /** 0…1 */
  readonly fraction: number
  readonly snapshots: readonly Snapshot[]
  readonly result: RunResult | null
  readonly error: string | null
}

export interface PredictState {
  readonly durationS: number
  readonly runs: readonly PredictRun[]
  /** Id of the run that is shown; null: none yet. */
  readonly shown: number | null
  /** Id of the run it is compared with; null: with none. */
  readonly against: number | null
  /** Index of the snapshot the board shows. */
  readonly moment: number
  /** Whether the moment moves on by itself. */
  readonly playing: boolean
  readonly view: 'board' | 'result'
}

/** Older runs are forgotten: each may hold some hundred snapshots. */
export const MAX_RUNS = 4

/** About how many cards all snapshots of a run may describe together, so that a run of 1 000 devices stays small. */
const MAX_CARDS = 40_000
const MAX_SNAPSHOTS = 600

const INITIAL: PredictState = {
  durationS: 60,
  runs: [],
  shown: null,
  against: null,
  moment: 0,
  playing: false,
  view: 'board',
}

export const usePredict = create<PredictState>()(() => INITIAL)

const { getState, setState } = usePredict

// Never again from 1: late news of another document's run must meet no run of this one.
let nextId = 1

export const setPredict: (part: Partial<Pick<PredictState, 'durationS' | 'playing' | 'view' | 'against'>>) => void =
  setState

/** How often a run of `durationS` should be sampled, as seconds per snapshot. */
export function sampleSeconds(durationS: number, deviceCount: number): number {
  const most = Math.max(60, Math.min(MAX_SNAPSHOTS, Math.floor(MAX_CARDS / Math.max(1, deviceCount))))
  return Math.max(0.1, durationS / most)
}

/** Enters a new run, shown at once and compared with the one shown before. Returns its id. */
export function beginRun(workspace: Workspace, durationS: number): number {
  endRuns()
  const { runs, shown } = getState()
  const id = nextId
  nextId += 1
  const run: PredictRun = {
    id,
    workspace,
    durationS,
    status: 'running',
    fraction: 0,
    snapshots: [],
    result: null,
    error: null,
  }
  const kept = [...runs, run].slice(-MAX_RUNS)
  const before = kept.find((each) => each.id === shown && each.result !== null)
  setState({ runs: kept, shown: id, against: before?.id ?? null, moment: 0, playing: false, durationS })
  resetTelemetry()
  return id
}

/** A run's news. News of runs that are forgotten or finished are dropped; a cancelled one may still say what there was. */
export function takeProgress(progress: PredictProgress): void {
  const { runs, shown } = getState()
  const run = runs.find((each) => each.id === progress.run)
  if (!run || (run.status !== 'running' && (run.status !== 'cancelled' || run.result !== null))) return
  const next: PredictRun = {
    ...run,
    fraction: progress.fraction,
    snapshots: progress.snapshots.length === 0 ? run.snapshots : [...run.snapshots, ...progress.snapshots],
    result: progress.result,
    error: progress.error,
    status: run.status === 'cancelled' ? 'cancelled' : statusOf(progress),
  }
  const isShown = shown === run.id && isOnBoard()
  setState({
    runs: runs.map((each) => (each.id === run.id ? next : each)),
    ...(shown === run.id ? { moment: Math.max(0, next.snapshots.length - 1) } : {}),
  })
  if (isShown) for (const snapshot of progress.snapshots) pushSnapshot(snapshot)
}

/** The call itself was refused or broke: nothing will come. */
export function failRun(id: number, error: string): void {
  takeProgress({ run: id, fraction: 0, snapshots: [], result: null, error })
}

/** The run under way was cancelled, if there is one; what it gave before stays. */
export function endRuns(): void {
  const { runs } = getState()
  if (!runs.some((run) => run.status === 'running')) return
  setState({ runs: runs.map((run) => (run.status === 'running' ? { ...run, status: 'cancelled' } : run)) })
}

/** Puts another run on the board, at its end. */
export function showRun(id: number): void {
  const { runs, against } = getState()
  const run = runs.find((each) => each.id === id)
  if (!run) return
  setState({
    shown: id,
    against: against === id ? null : against,
    moment: Math.max(0, run.snapshots.length - 1),
    playing: false,
  })
  resetTelemetry()
  for (const snapshot of run.snapshots) pushSnapshot(snapshot)
}

/** Moves the board to a moment of the shown run; the charts keep the whole of it. */
export function showMoment(moment: number): void {
  const run = shownRun(getState())
  const snapshot = run?.snapshots[moment]
  if (!snapshot) return
  setState({ moment })
  showSnapshot(snapshot)
}

/** The shown run again on the board, after another source was there. */
export function resumePrediction(): void {
  const { shown } = getState()
  if (shown !== null) showRun(shown)
}

/** Another document: its predictions are not this one's. */
export function forgetPredictions(): void {
  setState({ ...INITIAL, durationS: getState().durationS })
}

export function shownRun(state: PredictState): PredictRun | null {
  return state.runs.find((run) => run.id === state.shown) ?? null
}

export function againstRun(state: PredictState): PredictRun | null {
  return state.runs.find((run) => run.id === state.against) ?? null
}

/** A run may go on while the board shows the lab or a VM. */
function isOnBoard(): boolean {
  return useUi.getState().mode === 'predict'
}

function statusOf(progress: PredictProgress): PredictRun['status'] {
  if (progress.error !== null) return 'failed'
  if (progress.result === null) return 'running'
  return progress.fraction < 1 ? 'cancelled' : 'done'
}
