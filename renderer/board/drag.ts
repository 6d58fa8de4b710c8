import { create } from 'zustand'
import { limitsInWords } from '#shared/throttle/words.ts'
import { laneDevices, laneOf, ownGroups } from '#shared/workspace/lanes.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { addGroupWith, countDevices, laneName, moveDevicesTo } from '../store/actions.ts'
import { announce, selectDevices, useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import type { DropPlace } from './layout.ts'

// A drag of cards as a small state machine: idle → dragging → idle. dnd-kit's sensors (pointer, keyboard) say when it
// starts, where it points and when it ends; what that means for the workspace is said here. Nothing is changed until the
// drop, so Escape has nothing to restore but what is drawn.

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
  const group = held === undefined ? null : laneOf(workspace, held)
  const index = laneDevices(workspace, group).findIndex((device) => device.id === grabbed)
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
  if (drag.via === 'keyboard' || laneKey(drag.place) !== laneKey(place)) announce(describePlace({ ...drag, place }))
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
  const rest = laneDevices(currentWorkspace(), group).slice(index)
  return rest.find((device) => !moving.includes(device.id))?.id ?? null
}

function describePlace({ ids, place }: Drag): string {
  if (!place) return 'Not over a group.'
  const kept = keptWords(currentWorkspace(), { ids, place })
  const ending = kept === null ? '' : ` ${kept.slice(0, 1).toUpperCase()}${kept.slice(1)}.`
  if (place.kind === 'new') return `Over a new group.${ending}`
  const count = laneDevices(currentWorkspace(), place.group).length
  return `Over ${laneName(place.group)}, ${countDevices(count)}, place ${Math.min(place.index, count) + 1}.${ending}`
}

/** What a drop makes of the levels that are the card's own: `under web01, keeps its own IOPS 400`; null: it has none. */
export function keptWords(workspace: Workspace, { ids, place }: Pick<Drag, 'ids' | 'place'>): string | null {
  const own = ids.flatMap((id) => {
    const device = findDevice(workspace, id)
    return device === undefined ? [] : ownGroups(workspace, device)
  })
  if (place === null || own.length === 0) return null
  const [only] = own.length === 1 ? own : []
  const limits = only === undefined ? 'limits' : limitsInWords(workspace.groups[only] ?? {})
  const whose = ids.length === 1 ? 'its' : 'their'
  if (place.kind === 'lane' && place.group === null) return `not throttled, loses ${whose} own ${limits}`
  const under = place.kind === 'new' ? 'a new group' : laneName(place.group)
  return `under ${under}, ${ids.length === 1 ? 'keeps' : 'keep'} ${whose} own ${limits}`
}

function namesOf(ids: readonly string[]): string {
  return ids.length === 1 ? (ids[0] ?? '') : countDevices(ids.length)
}

function laneKey(place: DropPlace | null): string {
  if (!place) return 'none'
  return place.kind === 'new' ? 'new' : `lane ${place.group}`
}

function samePlace(a: DropPlace | null, b: DropPlace | null): boolean {
  if (a?.kind === 'lane' && b?.kind === 'lane') return a.group === b.group && a.index === b.index
  return a?.kind === b?.kind
}
