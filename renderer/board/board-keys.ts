import { deleteGroup, moveGroupBy, removeDevices } from '../store/actions.ts'
import { reveal, selectDevices, setUi, useUi } from '../store/ui.ts'
import type { BoardLayout } from './layout.ts'
import { neighbourCard } from './steps.ts'

// Keys on the board itself, when the focus is on a card's handle or a lane's name: arrows walk, Delete removes, F2
// renames, Alt with an arrow moves the lane, Escape lets go of the selection.

type Key = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'target'>

/** Returns whether the key meant something here. */
export function pressBoardKey(layout: BoardLayout, event: Key): boolean {
  if (!(event.target instanceof HTMLElement) || isEditing(event.target)) return false
  const id = event.target.closest<HTMLElement>('[data-device]')?.dataset.device ?? null
  const lane = event.target.closest<HTMLElement>('[data-lane]')
  const group = lane && lane.dataset.free === undefined ? (lane.dataset.lane ?? null) : null
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    if (group === null) return false
    moveGroupBy(group, event.key === 'ArrowUp' ? -1 : 1)
    reveal('group', group)
    return true
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  if (id !== null && event.key.startsWith('Arrow')) return walk(layout, id, event)
  switch (event.key) {
    case 'Delete':
    case 'Backspace':
      return remove(layout, id, group)
    case 'Escape':
      selectDevices([])
      return true
    case 'F2':
      return rename(id, group)
    default:
      return false
  }
}

function isEditing(element: HTMLElement): boolean {
  return element.matches('input, textarea, select, [contenteditable]')
}

function rename(id: string | null, group: string | null): boolean {
  if (id !== null) setUi({ renaming: { kind: 'device', name: id } })
  else if (group !== null) setUi({ renaming: { kind: 'group', name: group } })
  return id !== null || group !== null
}

/** What has the focus, or all selected cards if it is one of them. */
function remove(layout: BoardLayout, id: string | null, group: string | null): boolean {
  if (id !== null) {
    const { selectedDevices } = useUi.getState()
    const ids = selectedDevices.includes(id) ? selectedDevices : [id]
    // The keys go on at the next card that stays.
    const next = ['ArrowRight', 'ArrowLeft']
      .map((key) => neighbourCard(layout, id, key))
      .find((each) => each && !ids.includes(each))
    removeDevices(ids)
    if (next) reveal('device', next)
  } else if (group !== null) deleteGroup(group)
  return id !== null || group !== null
}

/** To the card beside, above or below; with Shift it joins the selection. */
function walk(layout: BoardLayout, id: string, event: Key): boolean {
  const next = neighbourCard(layout, id, event.key)
  if (next === null) return true
  const { selectedDevices } = useUi.getState()
  selectDevices(event.shiftKey ? [...selectedDevices.filter((each) => each !== next), next] : [next])
  reveal('device', next)
  return true
}
