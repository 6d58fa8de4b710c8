import { create } from 'zustand'
import * as edits from '#shared/workspace/edits.ts'
import { laneNames } from '#shared/workspace/lanes.ts'
import { announce } from '../store/ui.ts'
import { currentWorkspace, edit } from '../store/workspace.ts'
import type { BoardLayout } from './layout.ts'

// A lane grabbed by its head and put between two others. As with cards, nothing changes before the drop.

export interface LaneDrag {
  readonly group: string
  /** Among the groups as they stand: in front of which one; their count: behind the last. */
  readonly before: number
}

export const useLaneDrag = create<{ readonly drag: LaneDrag | null }>()(() => ({ drag: null }))

const { getState, setState } = useLaneDrag

export function startLaneDrag(group: string): void {
  setState({ drag: { group, before: laneNames(currentWorkspace()).indexOf(group) } })
  announce(`Picked up group ${group}.`)
}

/** `y` is on the board; null leaves the lane where it is. */
export function aimLaneDrag(layout: BoardLayout, y: number | null): void {
  const { drag } = getState()
  if (!drag) return
  const names = laneNames(currentWorkspace())
  const before = y === null ? names.indexOf(drag.group) : laneBefore(layout, y)
  if (before !== drag.before) setState({ drag: { ...drag, before } })
}

export function dropLaneDrag(): void {
  const { drag } = getState()
  setState({ drag: null })
  if (!drag) return
  const names = laneNames(currentWorkspace())
  const from = names.indexOf(drag.group)
  // Its own place is empty once it is taken out.
  const index = drag.before > from ? drag.before - 1 : drag.before
  if (index === from) return
  edit(`Move group ${drag.group}`, (current) => edits.moveGroup(current, drag.group, index))
  announce(`${drag.group} is group ${index + 1} of ${names.length}.`)
}

export function cancelLaneDrag(): void {
  const { drag } = getState()
  setState({ drag: null })
  if (drag) announce(`Cancelled. ${drag.group} is where it was.`)
}

/** The upper half of a lane is in front of it, the lower half behind. */
export function laneBefore(layout: BoardLayout, y: number): number {
  const groups = layout.lanes.filter((lane) => lane.group !== null)
  const index = groups.findIndex((lane) => y < lane.top + lane.height / 2)
  return index < 0 ? groups.length : index
}

/** Where the line that shows the drop stands; null: it would change nothing. */
export function laneMarkTop(layout: BoardLayout, drag: LaneDrag): number | null {
  const groups = layout.lanes.filter((lane) => lane.group !== null)
  const from = groups.findIndex((lane) => lane.group === drag.group)
  if (drag.before === from || drag.before === from + 1) return null
  const next = layout.lanes[drag.before]
  return next ? next.top : layout.newZoneTop
}
