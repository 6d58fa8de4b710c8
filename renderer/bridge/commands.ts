import type { BoardMode } from '#shared/ipc/contract.ts'
import type { MenuCommand } from '#shared/ipc/menu-commands.ts'
import { findDevice } from '#shared/workspace/workspace.ts'
import {
  addDeviceTo,
  addGroupWith,
  deleteGroup,
  duplicateDevices,
  duplicateGroup,
  removeDevices,
  selectedDeviceIds,
} from '../store/actions.ts'
import { giveOwnLimits, takeOwnLimits } from '../store/chain-actions.ts'
import { closeChoose } from '../store/choose.ts'
import { openLessons } from '../store/lessons.ts'
import { shownRun, usePredict } from '../store/predict.ts'
import { latestSnapshot } from '../store/telemetry.ts'
import { announce, openDialog, reveal, selectDevices, selectedLane, setUi, useUi } from '../store/ui.ts'
import { currentWorkspace, redo, undo } from '../store/workspace.ts'
import { openChoose, openRecording } from './choose.ts'
import { invoke, reportFailure } from './ipc.ts'
import { cancelPrediction, runPrediction } from './predict.ts'

// What a menu entry, a shortcut, the palette and the toolbar do, by one name.

/** Those of the native menu, and those on the document, which the main process's own menu entries call there directly. */
export type CommandName = MenuCommand | 'new' | 'open' | 'save' | 'save-as' | 'shortcuts'

const COMMANDS: Readonly<Record<CommandName, () => void>> = {
  new: () => reportFailure(invoke('document/new', null), 'document'),
  open: () => reportFailure(invoke('document/open', null), 'document'),
  save: () => reportFailure(invoke('document/save', { workspace: currentWorkspace() }), 'document'),
  'save-as': () => reportFailure(invoke('document/save-as', { workspace: currentWorkspace() }), 'document'),
  undo: () => keepFocus(() => sayStep(undo(), 'Undid', 'Nothing to undo.')),
  redo: () => keepFocus(() => sayStep(redo(), 'Redid', 'Nothing to redo.')),
  export: () => openDialog('export'),
  import: () => openDialog('import'),
  connect: () => openDialog('connect'),
  palette: () => openDialog('palette'),
  settings: () => openDialog('settings'),
  about: () => openDialog('about'),
  examples: () => openDialog('examples'),
  lessons: openLessons,
  shortcuts: () => openDialog('shortcuts'),
  'new-group': () => addGroupWith([]),
  'new-device': () => addDeviceTo(selectedGroup()),
  'start-pause': startOrPause,
  reset: () => reportFailure(invoke('board/control', { action: 'reset' }), 'run'),
  'toggle-dock': () => setUi({ dockOpen: !useUi.getState().dockOpen }),
  'toggle-panel': () => setUi({ panelOpen: !useUi.getState().panelOpen }),
  'select-all': selectAll,
  delete: deleteSelection,
  duplicate: duplicateSelection,
  'give-own-limits': () => giveOwnLimits(selectedDevices()),
  'take-own-limits': () => takeOwnLimits(selectedDevices()),
  'mode-lab': () => setMode('lab'),
  'mode-qemu': () => setMode('qemu'),
  'mode-predict': () => setMode('predict'),
  choose: () => openChoose(),
  'choose-recording': () => void openRecording(),
}

export function runCommand(command: CommandName): void {
  if (!editText(command)) COMMANDS[command]()
}

const TEXT_COMMANDS: Readonly<Partial<Record<CommandName, string>>> = {
  undo: 'undo',
  redo: 'redo',
  'select-all': 'selectAll',
  delete: 'forwardDelete',
}

/** A menu entry chosen while typing means the text, not the board. Returns whether it did. */
function editText(command: CommandName): boolean {
  const name = TEXT_COMMANDS[command]
  const focused = document.activeElement
  if (name === undefined || !focused?.matches('input:not([type=range]), textarea')) return false
  // Deprecated, and still the only way to a field's own undo history.
  document.execCommand(name)
  return true
}

export function setMode(mode: BoardMode): void {
  closeChoose()
  if (mode !== useUi.getState().mode) reportFailure(invoke('board/mode', { mode }), 'run')
}

/** The selected lane's group if there still is one. */
export function selectedGroup(): string | null {
  const group = selectedLane()
  return group !== null && Object.hasOwn(currentWorkspace().groups, group) ? group : null
}

export function selectedDevices(): readonly string[] {
  return selectedDeviceIds(currentWorkspace(), useUi.getState().selectedDevices)
}

function startOrPause(): void {
  if (useUi.getState().mode === 'predict') {
    const isRunning = shownRun(usePredict.getState())?.status === 'running'
    void (isRunning ? cancelPrediction() : runPrediction())
    return
  }
  const action = latestSnapshot()?.state === 'running' ? 'pause' : 'start'
  reportFailure(invoke('board/control', { action }), 'run')
}

function selectAll(): void {
  const ids = currentWorkspace().devices.map((device) => device.id)
  selectDevices(ids)
  announce(`${ids.length} devices selected.`)
}

function deleteSelection(): void {
  const ids = selectedDevices()
  const group = selectedGroup()
  if (ids.length > 0) removeDevices(ids)
  else if (group !== null) deleteGroup(group)
}

function duplicateSelection(): void {
  const ids = selectedDevices()
  const group = selectedGroup()
  if (ids.length > 0) duplicateDevices(ids)
  else if (group !== null) duplicateGroup(group)
}

/** A card that a step moves to another lane is drawn there as a new one: the focus goes with it. */
function keepFocus(step: () => void): void {
  const id = document.activeElement?.closest<HTMLElement>('[data-device]')?.dataset.device
  step()
  if (id !== undefined && findDevice(currentWorkspace(), id) !== undefined) reveal('device', id)
}

function sayStep(label: string | null, verb: string, nothing: string): void {
  announce(label === null ? nothing : `${verb}: ${label}.`)
}
