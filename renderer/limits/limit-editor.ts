import { useEffect, useMemo, useRef } from 'react'
import type { Limits } from '#shared/throttle/limits.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { beginGesture, cancelGesture, currentWorkspace, edit, endGesture } from '../store/workspace.ts'
import type { GesturePhase } from '../ui/slider-reports.ts'

export interface LimitEditor {
  /** `change` makes the group's limits what they shall be; `what` names it for Undo: `IOPS limit`. */
  change(what: string, change: (limits: Limits) => Limits): void
  gesture(what: string, phase: GesturePhase): void
}

/**
 * Edits of one group's limits. During a gesture each change starts from the limits before it: a limit dragged to
 * "unlimited" and back again has not lost its burst on the way.
 */
export function useLimitEditor(group: string): LimitEditor {
  const before = useRef<Limits | null>(null)
  useEffect(
    () => () => {
      if (before.current !== null) endGesture()
      before.current = null
    },
    [],
  )
  return useMemo(
    () => ({
      change: (what, change) =>
        edit(`${what} of ${group}`, (workspace) => {
          const limits = workspace.groups[group]
          return limits === undefined ? workspace : setLimits(workspace, group, change(before.current ?? limits))
        }),
      gesture: (what, phase) => {
        if (phase === 'begin') {
          beginGesture(`${what} of ${group}`)
          before.current = currentWorkspace().groups[group] ?? null
          return
        }
        before.current = null
        if (phase === 'end') endGesture()
        else cancelGesture()
      },
    }),
    [group],
  )
}
