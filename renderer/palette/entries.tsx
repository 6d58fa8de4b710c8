import {
  ArrowRightLeft,
  Boxes,
  ChartSpline,
  ChevronsUpDown,
  CircleDot,
  Cpu,
  Download,
  FlaskConical,
  GraduationCap,
  HardDrive,
  History,
  Layers,
  type LucideIcon,
  Play,
  Plus,
  Save,
  Settings,
  Trash2,
  Undo2,
} from 'lucide-react'
import { laneNames, laneOf, ownerOf } from '#shared/workspace/lanes.ts'
import { openChoose } from '../bridge/choose.ts'
import { type CommandName, runCommand, selectedDevices } from '../bridge/commands.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { liveRecording } from '../bridge/recording.ts'
import { keysOf } from '../bridge/shortcuts.ts'
import { addGroupWith, countDevices, laneName, moveDevicesTo } from '../store/actions.ts'
import { useLive } from '../store/live.ts'
import { reveal, selectCardLevel, selectDevices, selectGroup, setUi, useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'

export interface PaletteEntry {
  readonly id: string
  readonly label: string
  /** What kind of thing it is. */
  readonly hint: string
  readonly icon: LucideIcon
  readonly keys?: string
  readonly run: () => void
}

const COMMANDS: readonly (readonly [CommandName, string, LucideIcon])[] = [
  ['start-pause', 'Start or pause', Play],
  ['reset', 'Reset the run', Undo2],
  ['new-group', 'New throttle group', Plus],
  ['new-device', 'New device', Plus],
  ['duplicate', 'Duplicate selection', Plus],
  ['give-own-limits', 'Give limits of its own', Layers],
  ['take-own-limits', 'Remove its own limits', Layers],
  ['delete', 'Delete selection', Trash2],
  ['select-all', 'Select all devices', Boxes],
  ['undo', 'Undo', Undo2],
  ['redo', 'Redo', Undo2],
  ['export', 'Export…', Download],
  ['import', 'Import…', Download],
  ['new', 'New workspace', Save],
  ['open', 'Open workspace…', Save],
  ['save', 'Save workspace', Save],
  ['save-as', 'Save workspace as…', Save],
  ['examples', 'Examples…', Boxes],
  ['lessons', 'Learn by doing…', GraduationCap],
  ['connect', 'Connect to a VM…', Cpu],
  ['mode-lab', 'Mode: Lab', FlaskConical],
  ['mode-qemu', 'Mode: Live QEMU', Cpu],
  ['mode-predict', 'Mode: Predict', ChevronsUpDown],
  ['choose', 'Choose a limit', ChartSpline],
  ['choose-recording', 'Choose from a recording…', ChartSpline],
  ['toggle-dock', 'Show or hide the dock', ChevronsUpDown],
  ['toggle-panel', 'Show or hide the side panel', ChevronsUpDown],
  ['settings', 'Settings…', Settings],
  ['shortcuts', 'Keyboard shortcuts', Settings],
  ['about', 'About Weir', Settings],
]

/** Everything that can be gone to or done now: devices and groups first, for it is "Find" before all. */
export function paletteEntries(): readonly PaletteEntry[] {
  return [
    ...moveEntries(),
    ...chooseGroupEntries(),
    ...commandEntries(),
    ...recordEntries(),
    ...groupEntries(),
    ...deviceEntries(),
    ...recentEntries(),
  ]
}

function commandEntries(): readonly PaletteEntry[] {
  return COMMANDS.map(([command, label, icon]) => {
    const keys = keysOf(command)
    return {
      id: `command ${command}`,
      label,
      hint: 'Command',
      icon,
      run: () => runCommand(command),
      ...(keys === undefined ? {} : { keys }),
    }
  })
}

/** Of the live VM on the board. */
function recordEntries(): readonly PaletteEntry[] {
  const { mode, qemu } = useUi.getState()
  const action = liveRecording(qemu?.status ?? null, useLive.getState().recording)
  if (mode !== 'qemu' || !action.isPossible) return []
  return [{ id: 'record', label: action.label, hint: 'Live VM', icon: CircleDot, run: action.run }]
}

function groupEntries(): readonly PaletteEntry[] {
  const workspace = currentWorkspace()
  return Object.keys(workspace.groups).map((group) => {
    const owner = ownerOf(workspace, group)
    return {
      id: `group ${group}`,
      label: group,
      hint: owner === null ? 'Group' : `Limits of ${owner} alone`,
      icon: Boxes,
      run: () => {
        if (owner === null) selectGroup(group)
        else selectCardLevel(owner, group)
        setUi({ panelOpen: true })
        reveal(owner === null ? 'group' : 'device', owner ?? group)
      },
    }
  })
}

function deviceEntries(): readonly PaletteEntry[] {
  const workspace = currentWorkspace()
  return workspace.devices.map((device) => ({
    id: `device ${device.id}`,
    label: device.id,
    hint: `Device in ${laneName(laneOf(workspace, device))}`,
    icon: HardDrive,
    run: () => {
      selectDevices([device.id])
      reveal('device', device.id)
    },
  }))
}

/** With cards selected: where they could go. */
function moveEntries(): readonly PaletteEntry[] {
  const ids = selectedDevices()
  if (ids.length === 0) return []
  const what = ids.length === 1 ? ids[0] : countDevices(ids.length)
  const lanes = [...laneNames(currentWorkspace()), null]
  const moves = lanes.map((group) => ({
    id: `move ${group ?? ''}`,
    label: `Move ${what} to ${laneName(group)}`,
    hint: 'Move',
    icon: ArrowRightLeft,
    run: () => moveDevicesTo(ids, group, null),
  }))
  const [only] = ids.length === 1 ? ids : []
  return [
    ...(only === undefined
      ? []
      : [
          {
            id: 'choose card',
            label: `Choose the limits of ${only}`,
            hint: 'Choose',
            icon: ChartSpline,
            run: () => openChoose({ kind: 'device', id: only }),
          },
        ]),
    ...moves,
    {
      id: 'move new',
      label: `Move ${what} to a new group`,
      hint: 'Move',
      icon: ArrowRightLeft,
      run: () => addGroupWith(ids),
    },
  ]
}

/** With a group selected. */
function chooseGroupEntries(): readonly PaletteEntry[] {
  const group = useUi.getState().selectedGroup
  if (group === null || !Object.hasOwn(currentWorkspace().groups, group)) return []
  return [
    {
      id: 'choose group',
      label: `Choose the limits of ${group}`,
      hint: 'Choose',
      icon: ChartSpline,
      run: () => openChoose({ kind: 'group', group }),
    },
  ]
}

function recentEntries(): readonly PaletteEntry[] {
  return useUi.getState().document.recent.map((path, index) => ({
    id: `recent ${index}`,
    label: path,
    hint: 'Open recent',
    icon: History,
    run: () => reportFailure(invoke('document/open-recent', { index }), 'document'),
  }))
}
