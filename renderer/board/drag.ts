import { create } from 'zustand'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { membersOf } from '#shared/workspace/workspace.ts'
import { addGroupWith, countDevices, laneName, moveDevicesTo } from '../store/actions.ts'
import { announce, selectDevices, useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import type { DropPlace } from './layout.ts'

// A drag of cards as a small state machine: idle → dragging → idle. dnd-kit's sensors (pointer, keyboard) say when it
// starts, where it points and when it ends; what that means for the workspace is said here. Nothing is changed until the
// drop, so Escape has nothing to restore but the picture.

export interface Drag {
  /** The cards that move, in the order of the workspace; the one that was grabbed is `grabbed`. */
  readonly ids: readonly string[]
  readonly grabbed: string
  readonly via: 'pointer' | 'keyboard'
  readonly place: DropPlace | null
}

export const useDrag = create<{ readonly drag: Drag | null }>()(() => ({ drag: null }))

const { getState, setState } = useDrag

/** Picks up `grabbed`, and with it all selected cards if it is one of them. */
export function startDrag(grabbed: string, via: Drag['via']): void {
  const workspace = currentWorkspace()
  const { selectedDevices } = useUi.getState()
  const isSelected = selectedDevices.includes(grabbed)
  if (!isSelected) selectDevices([grabbed])
  const moving = new Set(isSelected ? selectedDevices : [grabbed])
  const ids = workspace.devices.map((device) => device.id).filter((id) => moving.has(id))
  const held = workspace.devices.find((device) => device.id === grabbed)
  const group = held === undefined ? null : outermostGroup(held)
  const index = membersOf(workspace, group).findIndex((device) => device.id === grabbed)
  setState({ drag: { ids, grabbed, via, place: { kind: 'lane', group, index } } })
  const keys =
    via === 'keyboard' ? ' Up and down choose the group, left and right the place, Space drops, Escape cancels.' : ''
  announce(`Picked up ${namesOf(ids)} from ${laneName(group)}.${keys}`)
}

/** Says where the drop would go; announced when the lane changes. */
export function aimDrag(place: DropPlace | null): void {
  const { drag } = getState()
  if (!drag || samePlace(drag.place, place)) return
  setState({ drag: { ...drag, place } })
  if (drag.via === 'keyboard' || laneOf(drag.place) !== laneOf(place)) announce(describePlace(place))
}

/** Ends the drag where it points. */
export function dropDrag(): void {
  const { drag } = getState()
  setState({ drag: null })
  if (!drag?.place) {
    if (drag) announce(`${namesOf(drag.ids)} was not dropped on a group; nothing moved.`)
    return
  }
  if (drag.place.kind === 'new') addGroupWith(drag.ids)
  else moveDevicesTo(drag.ids, drag.place.group, cardBehind(drag.ids, drag.place.group, drag.place.index))
}

export function cancelDrag(): void {
  const { drag } = getState()
  if (!drag) return
  setState({ drag: null })
  announce(
    `Cancelled. ${namesOf(drag.ids)} ${drag.ids.length === 1 ? 'is' : 'are'} where it was.`.replace(
      'are where it was',
      'are where they were',
    ),
  )
}

/** The first card from `index` on that stays where it is: dropping in front of a moving card means in front of the next. */
function cardBehind(moving: readonly string[], group: string | null, index: number): string | null {
  const rest = membersOf(currentWorkspace(), group).slice(index)
  return rest.find((device) => !moving.includes(device.id))?.id ?? null
}

function describePlace(place: DropPlace | null): string {
  if (!place) return 'Not over a group.'
  if (place.kind === 'new') return 'Over a new group.'
  const count = membersOf(currentWorkspace(), place.group).length
  return `Over ${laneName(place.group)}, ${countDevices(count)}, place ${Math.min(place.index, count) + 1}.`
}

function namesOf(ids: readonly string[]): string {
  return ids.length === 1 ? (ids[0] ?? '') : countDevices(ids.length)
}

function laneOf(place: DropPlace | null): string {
  if (!place) return 'none'
  return place.kind === 'new' ? 'new' : `lane ${place.group}`
}

function samePlace(a: DropPlace | null, b: DropPlace | null): boolean {
  if (a?.kind === 'lane' && b?.kind === 'lane') return a.group === b.group && a.index === b.index
  return a?.kind === b?.kind
}
