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

/** As *Copy as JSON* gives it. */
export function resultText(run: PredictRun): string {
  return textOf(wholeResult(run))
}

function textOf(whole: RunResult | null): string {
  return `${JSON.stringify(whole, null, 2)}\n`
}

/** The run with the sum of its text, so that a page can be held against the result that was kept. */
export async function summedReportRun(run: PredictRun): Promise<ReportRun | null> {
  const whole = wholeResult(run)
  return whole === null ? null : reportRunOf(whole, await sha256Of(textOf(whole)))
}

export async function sha256Of(text: string): Promise<string> {
  const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What the page is called until somebody names it. */
export function usualReportTitle(against: PredictRun, run: PredictRun): string {
  if (against.result === null || run.result === null) return ''
  const named = (result: RunResult, { workspace }: PredictRun) => reportRunOf({ ...result, workspace })
  return reportTitle(named(against.result, against), named(run.result, run))
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
