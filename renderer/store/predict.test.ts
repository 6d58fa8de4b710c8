import { beforeEach, expect, test } from 'vitest'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import {
  againstRun,
  beginRun,
  endRuns,
  failRun,
  forgetPredictions,
  MAX_RUNS,
  resumePrediction,
  sampleSeconds,
  setPredict,
  showMoment,
  shownRun,
  showRun,
  takeProgress,
  usePredict,
} from './predict.ts'
import { latestSnapshot, resetTelemetry, sampleEnd } from './telemetry.ts'
import { setUi } from './ui.ts'

function snapshot(revision: number): Snapshot {
  return {
    source: 'simulation',
    revision,
    appliedRevision: 0,
    state: 'running',
    nowNs: revision * 1e9,
    groups: {},
    devices: {},
    events: [],
  }
}

const RESULT: RunResult = {
  format: 'weir-result/1',
  source: 'simulation',
  name: 'x',
  durationS: 3,
  seed: 1,
  devices: {},
  groups: {},
}

function finish(run: number, fraction = 1) {
  takeProgress({ run, fraction, snapshots: [snapshot(1), snapshot(2)], result: null, error: null })
  takeProgress({ run, fraction, snapshots: [snapshot(3)], result: RESULT, error: null })
}

beforeEach(() => {
  forgetPredictions()
  resetTelemetry()
  setUi({ mode: 'predict' })
})

test('a run shows its snapshots as they come and stands at its end', () => {
  const run = beginRun(EMPTY_WORKSPACE, 3)
  takeProgress({ run, fraction: 0.5, snapshots: [snapshot(1)], result: null, error: null })
  expect(shownRun(usePredict.getState())).toMatchObject({ status: 'running', fraction: 0.5 })
  finish(run)
  expect(shownRun(usePredict.getState())).toMatchObject({ status: 'done', result: RESULT })
  expect([usePredict.getState().moment, latestSnapshot()?.revision]).toEqual([3, 3])
})

test('an earlier moment is shown without losing the history', () => {
  finish(beginRun(EMPTY_WORKSPACE, 3))
  showMoment(0)
  expect([usePredict.getState().moment, latestSnapshot()?.revision, sampleEnd()]).toEqual([0, 1, 3])
  showMoment(9)
  expect(usePredict.getState().moment).toBe(0)
})

test('a second run is compared with the first, and an older run can be shown again', () => {
  const first = beginRun(EMPTY_WORKSPACE, 3)
  finish(first)
  const second = beginRun(EMPTY_WORKSPACE, 3)
  finish(second)
  expect([shownRun(usePredict.getState())?.id, againstRun(usePredict.getState())?.id]).toEqual([second, first])
  showRun(first)
  expect([shownRun(usePredict.getState())?.id, againstRun(usePredict.getState())]).toEqual([first, null])
  setPredict({ against: second })
  expect(againstRun(usePredict.getState())?.id).toBe(second)
})

test('what was cancelled keeps what there is; what was refused says why; late news are dropped', () => {
  const cancelled = beginRun(EMPTY_WORKSPACE, 3)
  finish(cancelled, 0.4)
  expect(shownRun(usePredict.getState())).toMatchObject({ status: 'cancelled', fraction: 0.4 })
  const refused = beginRun(EMPTY_WORKSPACE, 3)
  failRun(refused, 'no memory')
  finish(refused)
  expect(shownRun(usePredict.getState())).toMatchObject({ status: 'failed', error: 'no memory', snapshots: [] })
})

test('a run that was ended keeps its snapshots, and may still say what there was', () => {
  const run = beginRun(EMPTY_WORKSPACE, 3)
  takeProgress({ run, fraction: 0.5, snapshots: [snapshot(1)], result: null, error: null })
  endRuns()
  expect(shownRun(usePredict.getState())).toMatchObject({ status: 'cancelled', fraction: 0.5, result: null })
  takeProgress({ run, fraction: 0.6, snapshots: [snapshot(2)], result: RESULT, error: null })
  takeProgress({ run, fraction: 1, snapshots: [snapshot(3)], result: RESULT, error: null })
  expect(shownRun(usePredict.getState())).toMatchObject({ status: 'cancelled', fraction: 0.6, result: RESULT })
  expect(shownRun(usePredict.getState())?.snapshots).toHaveLength(2)
})

test('a new run ends the one under way, which may still say what there was', () => {
  const first = beginRun(EMPTY_WORKSPACE, 3)
  const second = beginRun(EMPTY_WORKSPACE, 3)
  expect(usePredict.getState().runs.map(({ id, status }) => [id, status])).toEqual([
    [first, 'cancelled'],
    [second, 'running'],
  ])
  finish(first, 0.5)
  expect(usePredict.getState().runs[0]).toMatchObject({ status: 'cancelled', result: RESULT })
  expect(usePredict.getState().shown).toBe(second)
})

test('while the board shows another source, a run fills up unseen', () => {
  const run = beginRun(EMPTY_WORKSPACE, 3)
  setUi({ mode: 'lab' })
  finish(run)
  expect([latestSnapshot(), shownRun(usePredict.getState())?.snapshots.length]).toEqual([null, 3])
  setUi({ mode: 'predict' })
  resumePrediction()
  expect(latestSnapshot()?.revision).toBe(3)
})

test('only a few runs are remembered', () => {
  const ids = Array.from({ length: MAX_RUNS + 3 }, () => beginRun(EMPTY_WORKSPACE, 3))
  expect(usePredict.getState().runs.map((run) => run.id)).toEqual(ids.slice(-MAX_RUNS))
})

test('long runs and many devices are sampled more coarsely', () => {
  expect(sampleSeconds(10, 6)).toBe(0.1)
  expect(sampleSeconds(3600, 6)).toBe(6)
  expect(sampleSeconds(3600, 100)).toBe(9)
  expect(sampleSeconds(3600, 1000)).toBe(60)
})
