import type { RunResult } from '../result.ts'
import { describeChanges, fromTo } from '../workspace/changes.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { GroupCurves } from './group-curves.ts'

/** One of the two runs of a report. */
export interface ReportRun {
  readonly result: RunResult
  /** null: an older result that does not say what was run. */
  readonly workspace: Workspace | null
  readonly curves: GroupCurves | null
  /** Of the result as text, in hexadecimal digits, as `sha256sum` prints it for its file; null: not asked for. */
  readonly sha256: string | null
}

/** A figure counts as changed from this share on, where nobody says another. */
export const USUAL_TOLERANCE = 0.02

export function reportRunOf(result: RunResult, sha256: string | null = null): ReportRun {
  const { workspace = null, overTime = null } = result
  return { result, workspace, curves: overTime, sha256 }
}

/** What a report is called where nobody names it: by its names, or by what changed between two of one name. */
export function reportTitle(before: ReportRun, after: ReportRun): string {
  const [was, is] = [before.result.name, after.result.name]
  if (was !== is || before.workspace === null || after.workspace === null) return `${was} against ${is}`
  const [first, ...others] = describeChanges(before.workspace, after.workspace)
  if (first === undefined) return `Two runs of ${is}`
  const more = others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'change' : 'changes'}`
  return `${first.subject} ${fromTo(first)}${more}`
}
