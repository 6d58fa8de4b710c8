import {
  ArrowDown,
  ArrowUp,
  ChartSpline,
  CopyPlus,
  FolderInput,
  Layers,
  Layers2,
  Pencil,
  Plus,
  SlidersHorizontal,
  Trash2,
  Unlink,
} from 'lucide-react'
import type { ReactElement } from 'react'
import { useRef } from 'react'
import { isThrottled } from '#shared/workspace/chain.ts'
import { canGiveLevel } from '#shared/workspace/chain-edits.ts'
import { laneNames, laneOf, ownGroups } from '#shared/workspace/lanes.ts'
import type { Device } from '#shared/workspace/workspace.ts'
import { openChoose } from '../bridge/choose.ts'
import {
  addDeviceTo,
  addGroupWith,
  canRemove,
  countDevices,
  deleteGroup,
  duplicateDevices,
  duplicateGroup,
  laneName,
  moveDevicesTo,
  moveGroupBy,
  removeDevices,
} from '../store/actions.ts'
import { giveOwnLimits, takeOwnLimits } from '../store/chain-actions.ts'
import type { ChooseSource } from '../store/choose.ts'
import { FREE_LANE, selectDevices, selectGroup, setUi, toggleLane, useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { ContextMenu } from '../ui/ContextMenu.tsx'
import type { MenuEntry } from '../ui/menu-entry.ts'

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

function cardEntries(id: string): readonly MenuEntry[] {
  const workspace = currentWorkspace()
  const selected = useUi.getState().selectedDevices
  const ids = selected.includes(id) ? selected : [id]
  const what = ids.length === 1 ? '' : ` ${countDevices(ids.length)}`
  const lanes = [...laneNames(workspace), null]
  return [
    {
      kind: 'submenu',
      label: `Move${what} to`,
      icon: <FolderInput />,
      entries: [
        ...lanes.map(
          (group): MenuEntry => ({
            kind: 'item',
            label: laneName(group),
            disabled: workspace.devices.every(
              (device) => !ids.includes(device.id) || laneOf(workspace, device) === group,
            ),
            onSelect: () => moveDevicesTo(ids, group, null),
          }),
        ),
        { kind: 'separator' },
        { kind: 'item', label: 'New group', icon: <Plus />, onSelect: () => addGroupWith(ids) },
      ],
    },
    {
      kind: 'item',
      label: `Take${what} out of throttling`,
      icon: <Unlink />,
      disabled: workspace.devices.every((device) => !ids.includes(device.id) || !isThrottled(device)),
      onSelect: () => moveDevicesTo(ids, null, null),
    },
    ...ownLimitEntries(ids),
    chooseEntry({ kind: 'device', id }, ids.length > 1),
    { kind: 'separator' },
    {
      kind: 'item',
      label: 'Rename',
      icon: <Pencil />,
      shortcut: 'F2',
      disabled: ids.length > 1 || isVm(),
      onSelect: () => setUi({ renaming: { kind: 'device', name: id } }),
    },
    {
      kind: 'item',
      label: `Duplicate${what}`,
      icon: <CopyPlus />,
      shortcut: 'Ctrl D',
      disabled: isVm(),
      onSelect: () => duplicateDevices(ids),
    },
    {
      kind: 'item',
      label: `Remove${what}`,
      icon: <Trash2 />,
      shortcut: 'Del',
      danger: true,
      disabled: !canRemove(ids),
      onSelect: () => removeDevices(ids),
    },
  ]
}

function ownLimitEntries(ids: readonly string[]): readonly MenuEntry[] {
  const workspace = currentWorkspace()
  const devices = workspace.devices.filter((device) => ids.includes(device.id))
  const hasOwn = (device: Device) => ownGroups(workspace, device).length > 0
  const whose = ids.length === 1 ? 'its' : 'their'
  return [
    {
      kind: 'item',
      label: `Give limits of ${whose} own`,
      icon: <Layers />,
      shortcut: 'Ctrl L',
      disabled: !devices.some((device) => canGiveLevel(device) && !hasOwn(device)),
      onSelect: () => giveOwnLimits(ids),
    },
    {
      kind: 'item',
      label: `Remove ${whose} own limits`,
      icon: <Layers2 />,
      shortcut: 'Ctrl Shift L',
      disabled: !devices.some(hasOwn),
      onSelect: () => takeOwnLimits(ids),
    },
  ]
}

function groupEntries(group: string): readonly MenuEntry[] {
  const names = laneNames(currentWorkspace())
  const index = names.indexOf(group)
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

function chooseEntry(source: ChooseSource, disabled = false): MenuEntry {
  return {
    kind: 'item',
    label: source.kind === 'device' ? 'Choose its limits…' : 'Choose limits…',
    icon: <ChartSpline />,
    disabled,
    onSelect: () => openChoose(source),
  }
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

/** A VM's disks are its own: Weir changes their limits and groups only. */
function isVm(): boolean {
  return useUi.getState().mode === 'qemu'
}
