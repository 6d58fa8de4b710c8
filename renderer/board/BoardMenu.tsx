import { ArrowDown, ArrowUp, CopyPlus, Pencil, Plus, SlidersHorizontal, Trash2 } from 'lucide-react'
import type { ReactElement } from 'react'
import { useRef } from 'react'
import { laneNames } from '#shared/workspace/lanes.ts'
import { addDeviceTo, addGroupWith, deleteGroup, duplicateGroup, moveGroupBy } from '../store/actions.ts'
import { FREE_LANE, selectDevices, selectGroup, setUi, toggleLane, useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { ContextMenu } from '../ui/ContextMenu.tsx'
import type { MenuEntry } from '../ui/menu-entry.ts'
import { cardEntries, chooseEntry, isVm } from './card-entries.tsx'

type Target =
  | { readonly kind: 'card'; readonly id: string }
  | { readonly kind: 'lane'; readonly group: string | null }
  | { readonly kind: 'board' }

/** The one context menu of the board: what it offers depends on what it was opened on. */
export function BoardMenu({ children }: { readonly children: ReactElement }) {
  const target = useRef<Target>({ kind: 'board' })
  return (
    <ContextMenu entries={() => entriesFor(target.current)}>
      <div
        onContextMenuCapture={(event) => {
          target.current = findTarget(event.target)
          if (target.current.kind === 'card') selectForMenu(target.current.id)
        }}
      >
        {children}
      </div>
    </ContextMenu>
  )
}

function findTarget(element: EventTarget): Target {
  if (!(element instanceof Element)) return { kind: 'board' }
  const id = element.closest<HTMLElement>('[data-device]')?.dataset.device
  if (id !== undefined) return { kind: 'card', id }
  const lane = element.closest<HTMLElement>('[data-lane]')
  if (!lane) return { kind: 'board' }
  return { kind: 'lane', group: lane.dataset.free === undefined ? (lane.dataset.lane ?? null) : null }
}

/** A menu on a card that is not selected is about that card alone. */
function selectForMenu(id: string): void {
  if (!useUi.getState().selectedDevices.includes(id)) selectDevices([id])
}

function entriesFor(target: Target): readonly MenuEntry[] {
  switch (target.kind) {
    case 'card':
      return cardEntries(target.id)
    case 'lane':
      return target.group === null ? freeLaneEntries() : groupEntries(target.group)
    case 'board':
      return [
        { kind: 'item', label: 'New group', icon: <Plus />, onSelect: () => addGroupWith([]) },
        { kind: 'item', label: 'New device', icon: <Plus />, disabled: isVm(), onSelect: () => addDeviceTo(null) },
      ]
  }
}

function groupEntries(group: string): readonly MenuEntry[] {
  const isCollapsed = useUi.getState().collapsedLanes.includes(group)
  return [
    { kind: 'item', label: 'Show limits', icon: <SlidersHorizontal />, onSelect: () => showLimits(group) },
    chooseEntry({ kind: 'group', group }),
    { kind: 'item', label: 'Add device', icon: <Plus />, disabled: isVm(), onSelect: () => addDeviceTo(group) },
    { kind: 'separator' },
    {
      kind: 'item',
      label: 'Rename',
      icon: <Pencil />,
      shortcut: 'F2',
      onSelect: () => setUi({ renaming: { kind: 'group', name: group } }),
    },
    { kind: 'item', label: 'Duplicate', icon: <CopyPlus />, onSelect: () => duplicateGroup(group) },
    ...moveEntries(group),
    { kind: 'check', label: 'Collapsed', checked: isCollapsed, onChange: () => toggleLane(group) },
    { kind: 'separator' },
    {
      kind: 'item',
      label: 'Delete group',
      hint: 'Its devices are no longer throttled.',
      icon: <Trash2 />,
      danger: true,
      onSelect: () => deleteGroup(group),
    },
  ]
}

function moveEntries(group: string): readonly MenuEntry[] {
  const names = laneNames(currentWorkspace())
  const index = names.indexOf(group)
  return [
    {
      kind: 'item',
      label: 'Move up',
      icon: <ArrowUp />,
      shortcut: 'Alt ↑',
      disabled: index <= 0,
      onSelect: () => moveGroupBy(group, -1),
    },
    {
      kind: 'item',
      label: 'Move down',
      icon: <ArrowDown />,
      shortcut: 'Alt ↓',
      disabled: index >= names.length - 1,
      onSelect: () => moveGroupBy(group, 1),
    },
  ]
}

function freeLaneEntries(): readonly MenuEntry[] {
  return [
    { kind: 'item', label: 'Add device', icon: <Plus />, disabled: isVm(), onSelect: () => addDeviceTo(null) },
    {
      kind: 'check',
      label: 'Collapsed',
      checked: useUi.getState().collapsedLanes.includes(FREE_LANE),
      onChange: () => toggleLane(FREE_LANE),
    },
  ]
}

function showLimits(group: string): void {
  selectGroup(group)
  setUi({ panelOpen: true })
}
