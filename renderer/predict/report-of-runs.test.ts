import { expect, test } from 'vitest'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import type { PredictRun } from '../store/predict.ts'
import {
  reportFileName,
  resultText,
  sha256Of,
  summedReportRun,
  usualReportTitle,
  wholeResult,
} from './report-of-runs.ts'

const WORKSPACE: Workspace = {
  ...EMPTY_WORKSPACE,
  name: 'x',
  groups: { gold: { 'iops-total': 100 } },
  goals: [{ device: 'db', percentile: 99, waitMs: 5 }],
}

function run(workspace: Workspace, snapshots: readonly Snapshot[] = []): PredictRun {
  const result: RunResult = {
    format: 'weir-result/1',
    source: 'simulation',
    name: workspace.name,
    durationS: 60,
    seed: 1,
    devices: {},
    groups: {},
  }
  return { id: 1, workspace, durationS: 60, status: 'done', fraction: 1, snapshots, result, error: null }
}

function at(step: number, iops: number): Snapshot {
  const flow = { iops, bps: iops * 10 }
  return { nowNs: step * 1e8, groups: { gold: { read: flow, write: { iops: 0, bps: 0 } } } } as unknown as Snapshot
}

test('a result says what was run, its curve in 120 steps, and its goals', () => {
  // 0, 1, 2, … a second at each tenth: five of them make a step.
  const whole = wholeResult(
    run(
      WORKSPACE,
      Array.from({ length: 600 }, (_, step) => at(step + 1, step)),
    ),
  )
  expect(whole?.workspace).toBe(WORKSPACE)
  expect(whole?.overTime?.stepS).toBeCloseTo(0.5)
  expect(whole?.overTime?.groups.gold?.iops).toEqual(Array.from({ length: 120 }, (_, step) => 5 * step + 2))
  expect(whole?.goals).toEqual([{ goal: WORKSPACE.goals?.[0], waitNs: null, met: false }])
})

test('a report carries the sum of the result that is copied', async () => {
  expect(await sha256Of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  const summed = await summedReportRun(run(WORKSPACE))
  const { workspace, overTime, ...whole } = JSON.parse(resultText(run(WORKSPACE)))
  expect(summed).toEqual({
    result: { ...whole, workspace, overTime },
    workspace,
    curves: overTime,
    sha256: await sha256Of(resultText(run(WORKSPACE))),
  })
  expect(await summedReportRun({ ...run(WORKSPACE), result: null })).toBeNull()
})

test('a report is called by what changed between runs of one name', () => {
  const twice = { ...WORKSPACE, groups: { gold: { 'iops-total': 200, 'bps-total': 4096 } } }
  expect(usualReportTitle(run(WORKSPACE), run(twice))).toBe('gold: bandwidth unlimited → 4 KiB/s, and 1 more change')
  expect(usualReportTitle(run(WORKSPACE), run(WORKSPACE))).toBe('Two runs of x')
  expect(usualReportTitle(run(WORKSPACE), run({ ...twice, name: 'y' }))).toBe('x against y')
})

test.each([
  ['etl gold → bulk', 'etl gold to bulk.html'],
  ['../a/b: <c>', '.. a b c.html'],
  ['→', 'to.html'],
  ['???', 'report.html'],
])('the report %s is saved as %s', (title, name) => {
  expect(reportFileName(title)).toBe(name)
})
