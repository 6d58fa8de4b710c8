import { create } from 'zustand'
import type { Issue } from '#shared/issue.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'

// What the user decided: one workspace value and the values it had before. Every change is a pure function of
// shared/workspace/edits.ts applied by `edit`; each call is one undo step.
//
//   beginGesture('Move db') ── edit ── edit ── edit ── endGesture()      one step, however many edits
//                                                └──── cancelGesture()   as if nothing had happened
//
// `past` and `future` hold whole workspaces: they share all that did not change, so a step costs a few objects.

export const MAX_UNDO_STEPS = 500

export interface Step {
  /** `Move db to gold`: what Undo and Redo say they undo. */
  readonly label: string
  /** The workspace to go back to (in `past`) or forward to (in `future`). */
  readonly workspace: Workspace
}

export interface WorkspaceState {
  readonly workspace: Workspace
  /** Counts up with every change; `board/apply` carries it, snapshots answer with `appliedRevision`. */
  readonly revision: number
  readonly past: readonly Step[]
  readonly future: readonly Step[]
  /** The gesture under way: its label and the workspace before it. */
  readonly gesture: Step | null
  /** What the last answered apply found wrong; empty when it is in force. */
  readonly issues: readonly Issue[]
  /** As it stands in its file; null: never saved. "Only what changed" counts from it. */
  readonly saved: Workspace | null
}

const INITIAL: WorkspaceState = {
  workspace: EMPTY_WORKSPACE,
  revision: 0,
  past: [],
  future: [],
  gesture: null,
  issues: [],
  saved: null,
}

export const useWorkspace = create<WorkspaceState>()(() => INITIAL)

const { getState, setState } = useWorkspace

/** Applies a pure edit. Inside a gesture it adds to the gesture's step, else it is a step of its own. */
export function edit(label: string, change: (workspace: Workspace) => Workspace): void {
  const { workspace, revision, past, gesture } = getState()
  const next = change(workspace)
  if (next === workspace) return
  if (gesture) setState({ workspace: next, revision: revision + 1 })
  else setState({ workspace: next, revision: revision + 1, past: pushStep(past, { label, workspace }), future: [] })
}

/** Opens a step that takes all edits until `endGesture`. A gesture still open is ended first. */
export function beginGesture(label: string): void {
  endGesture()
  setState({ gesture: { label, workspace: getState().workspace } })
}

export function endGesture(): void {
  const { workspace, past, gesture } = getState()
  if (!gesture) return
  if (gesture.workspace === workspace) setState({ gesture: null })
  else setState({ gesture: null, past: pushStep(past, gesture), future: [] })
}

/** Escape: everything since `beginGesture` is taken back and leaves no step. */
export function cancelGesture(): void {
  const { workspace, revision, gesture } = getState()
  if (!gesture) return
  if (gesture.workspace === workspace) setState({ gesture: null })
  else setState({ gesture: null, workspace: gesture.workspace, revision: revision + 1 })
}

/** Returns what was undone, for the announcement; null: there was nothing. A gesture under way is ended first. */
export function undo(): string | null {
  endGesture()
  const { workspace, revision, past, future } = getState()
  const step = past.at(-1)
  if (!step) return null
  setState({
    workspace: step.workspace,
    revision: revision + 1,
    past: past.slice(0, -1),
    future: [...future, { label: step.label, workspace }],
  })
  return step.label
}

export function redo(): string | null {
  endGesture()
  const { workspace, revision, past, future } = getState()
  const step = future.at(-1)
  if (!step) return null
  setState({
    workspace: step.workspace,
    revision: revision + 1,
    past: pushStep(past, { label: step.label, workspace }),
    future: future.slice(0, -1),
  })
  return step.label
}

/** Another document: opened, recovered, captured. Its history is empty. */
export function replaceWorkspace(workspace: Workspace): void {
  setState({ ...INITIAL, workspace, revision: getState().revision + 1 })
}

/** The issues of the apply that was just answered. */
export function setIssues(issues: readonly Issue[]): void {
  if (issues.length === 0 && getState().issues.length === 0) return
  setState({ issues })
}

/** The document was read from its file or written to it. */
export function setSaved(saved: Workspace | null): void {
  setState({ saved })
}

export function currentWorkspace(): Workspace {
  return getState().workspace
}

/** The issues at `path` (`groups.gold.iops-total-max`) and below it. */
export function issuesAt(issues: readonly Issue[], path: string): readonly Issue[] {
  return issues.filter(
    (issue) => issue.path === path || issue.path.startsWith(`${path}.`) || issue.path.startsWith(`${path}[`),
  )
}

function pushStep(steps: readonly Step[], step: Step): readonly Step[] {
  return [...steps.slice(Math.max(0, steps.length + 1 - MAX_UNDO_STEPS)), step]
}
