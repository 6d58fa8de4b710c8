import { ChartSpline, CopyPlus, FolderInput, Layers, Layers2, Pencil, Plus, Trash2, Unlink } from 'lucide-react'
import { isThrottled } from '#shared/workspace/chain.ts'
import { canGiveLevel } from '#shared/workspace/chain-edits.ts'
import { laneNames, laneOf, ownGroups } from '#shared/workspace/lanes.ts'
import type { Device } from '#shared/workspace/workspace.ts'
import { openChoose } from '../bridge/choose.ts'
import {
  addGroupWith,
  canRemove,
  countDevices,
  duplicateDevices,
  laneName,
  moveDevicesTo,
  removeDevices,
} from '../store/actions.ts'
import { giveOwnLimits, takeOwnLimits } from '../store/chain-actions.ts'
import type { ChooseSource } from '../store/choose.ts'
import { setUi, useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import type { MenuEntry } from '../ui/menu-entry.ts'

// What the board's menu offers on a card: for all that are selected, if it is one of them.

export function cardEntries(id: string): readonly MenuEntry[] {
  const workspace = currentWorkspace()
  const selected = useUi.getState().selectedDevices
  const ids = selected.includes(id) ? selected : [id]
  const what = ids.length === 1 ? '' : ` ${countDevices(ids.length)}`
  return [
    moveEntry(ids, what),
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
    ...editEntries(ids, what),
  ]
}

function moveEntry(ids: readonly string[], what: string): MenuEntry {
  const workspace = currentWorkspace()
  const lanes = [...laneNames(workspace), null]
  return {
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
  }
}

function editEntries(ids: readonly string[], what: string): readonly MenuEntry[] {
  const id = ids[0] ?? ''
  return [
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

export function chooseEntry(source: ChooseSource, disabled = false): MenuEntry {
  return {
    kind: 'item',
    label: source.kind === 'device' ? 'Choose its limits…' : 'Choose limits…',
    icon: <ChartSpline />,
    disabled,
    onSelect: () => openChoose(source),
  }
}

/** A VM's disks are its own: Weir changes their limits and groups only. */
export function isVm(): boolean {
  return useUi.getState().mode === 'qemu'
}
