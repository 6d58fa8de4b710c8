import { qmpChange } from '#shared/formats/qemu/qmp-change.ts'
import { formatQmp } from '#shared/qemu/qmp-commands.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { Step } from '../store/workspace.ts'

// The tape follows from the steps of the workspace: each step's commands lead from the workspace before it to the one
// after. What is undone leaves the tape; what can be done again stands behind it, fainter. So the commands of the tape,
// all in order, always lead from the opened workspace to the one on the board.
//
//   past:   [label, before] [label, before] …   now   future: … [label, after] [label, after]   (next to be redone last)

export interface TapeEntry {
  readonly key: string
  /** `IOPS limit of gold`. */
  readonly label: string
  /** One command each; never empty. */
  readonly lines: readonly string[]
  /** What the commands take for granted, or cannot do; for people. */
  readonly remarks: readonly string[]
  readonly isUndone: boolean
}

/** Steps that QEMU has no part in (a load, a disk, an order of lanes) leave no entry. */
export function tapeOf(past: readonly Step[], now: Workspace, future: readonly Step[]): readonly TapeEntry[] {
  const entries: TapeEntry[] = []
  const enter = (label: string, before: Workspace, after: Workspace, isUndone: boolean) => {
    const change = changeBetween(before, after)
    if (change.lines.length === 0) return
    entries.push({ key: `${isUndone ? 'undone' : 'done'} ${entries.length}`, label, isUndone, ...change })
  }
  past.forEach((step, index) => {
    enter(step.label, step.workspace, past[index + 1]?.workspace ?? now, false)
  })
  const next = [...future].reverse()
  next.forEach((step, index) => {
    enter(step.label, next[index - 1]?.workspace ?? now, step.workspace, true)
  })
  return entries
}

/** What is in force, as a text to paste: undone steps are not in it. */
export function tapeText(entries: readonly TapeEntry[]): string {
  const lines = entries.filter(({ isUndone }) => !isUndone).flatMap((entry) => entry.lines)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

export function countCommands(entries: readonly TapeEntry[]): number {
  return entries.reduce((sum, { lines, isUndone }) => sum + (isUndone ? 0 : lines.length), 0)
}

type TapeChange = Pick<TapeEntry, 'lines' | 'remarks'>

/** Workspaces never change, so the commands between two of them are worked out once. */
const known = new WeakMap<Workspace, { readonly after: Workspace; readonly change: TapeChange }>()

function changeBetween(before: Workspace, after: Workspace): TapeChange {
  const cached = known.get(before)
  if (cached?.after === after) return cached.change
  const { commands, losses, notes } = qmpChange(before, after)
  const change = { lines: commands.map(formatQmp), remarks: [...losses.map(({ message }) => message), ...notes] }
  known.set(before, { after, change })
  return change
}
