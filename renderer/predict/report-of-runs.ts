import { withGoals } from '#shared/goals.ts'
import { CURVE_STEPS, curvesOf } from '#shared/report/group-curves.ts'
import { type ReportRun, reportRunOf, reportTitle } from '#shared/report/report-run.ts'
import type { RunResult } from '#shared/result.ts'
import type { PredictRun } from '../store/predict.ts'

// What a prediction leaves to programs and to readers: the same as `weir simulate --json` and `weir report` give.

/** A result that says what was run, what the groups did over time, and which goals are met; null: there is none. */
export function wholeResult({ result, workspace, snapshots }: PredictRun): RunResult | null {
  if (result === null) return null
  return { ...withGoals(result, workspace), workspace, overTime: curvesOf(snapshots, CURVE_STEPS) }
}

export function reportRun(run: PredictRun): ReportRun | null {
  const whole = wholeResult(run)
  return whole === null ? null : reportRunOf(whole)
}

/** What the page is called until somebody names it. */
export function usualReportTitle(against: PredictRun, run: PredictRun): string {
  const [before, after] = [reportRun(against), reportRun(run)]
  return before === null || after === null ? '' : reportTitle(before, after)
}

/** `etl gold → bulk` as the name of a file. */
export function reportFileName(title: string): string {
  const stem = title
    .replaceAll('→', 'to')
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
  return `${stem === '' ? 'report' : stem}.html`
}
