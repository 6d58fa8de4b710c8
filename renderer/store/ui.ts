import { create } from 'zustand'
import type { About } from '#shared/ipc/about.ts'
import type { BoardMode, DocumentState, QemuState } from '#shared/ipc/contract.ts'
import type { OpenedRecording } from '#shared/ipc/file-contract.ts'
import { type Settings, USUAL_SETTINGS } from '#shared/ipc/settings-contract.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { laneOf, ownerOf, ownGroups } from '#shared/workspace/lanes.ts'
import { findDevice } from '#shared/workspace/workspace.ts'
import { currentWorkspace, useWorkspace } from './workspace.ts'

// What is seen and how, nothing of it saved with the workspace: selection, open panels and dialogs, and what the main
// process says about itself (mode, file, VM, settings).

export type DialogName = 'export' | 'import' | 'connect' | 'settings' | 'about' | 'examples' | 'palette' | 'shortcuts'
export type DockTab = 'timeline' | 'tape' | 'events'

export interface Notice {
  readonly id: number
  readonly tone: 'info' | 'ok' | 'warn' | 'danger'
  readonly message: string
  readonly advice: string
  /** What it is about: the next outcome of the same thing takes its place. null: nothing else settles it. */
  readonly topic: NoticeTopic | null
}

export type NoticeTopic = 'document' | 'run' | 'vm' | 'settings'

export interface ImportSource {
  /** Without folder; null: pasted. */
  readonly fileName: string | null
  readonly text: string
  /** A long recording, which the main process read; `text` is ''. */
  readonly recording?: OpenedRecording
}

export interface UiState {
  readonly mode: BoardMode
  readonly document: Omit<DocumentState, 'workspace'>
  readonly qemu: QemuState | null
  readonly settings: Settings
  readonly about: About | null
  /** False until the main process has answered `board/ready`. */
  readonly ready: boolean

  /** The group whose limits are shown: a lane's, or a level of the selected card's chain; null: free devices, or none. */
  readonly selectedGroup: string | null
  /** Selected cards in the order of selection; the last one is the one whose workload is shown. */
  readonly selectedDevices: readonly string[]
  /** The card whose handle had the focus last: the one that Tab comes back to. */
  readonly focusedDevice: string | null
  readonly collapsedLanes: readonly string[]

  readonly dialog: DialogName | null
  /** What the import dialog starts with: a file that was dropped or opened. */
  readonly importing: ImportSource | null
  readonly panelOpen: boolean
  readonly dockOpen: boolean
  readonly dockTab: DockTab
  readonly notices: readonly Notice[]
  /** What the live region says; `id` makes a repeated sentence a new one. */
  readonly announcement: { readonly id: number; readonly text: string }
  /** A card or lane to scroll into view; `id` makes the same one a new request. */
  readonly reveal: { readonly id: number; readonly kind: 'group' | 'device'; readonly name: string } | null
  /** The lane or card whose name is being edited. */
  readonly renaming: { readonly kind: 'group' | 'device'; readonly name: string } | null
}

/** Collapsing the lane of free devices needs a name that no group can have. */
export const FREE_LANE = ''

const MAX_NOTICES = 5

export const useUi = create<UiState>()(() => ({
  mode: 'lab',
  document: { generation: -1, fileName: null, dirty: false, recent: [], notice: null },
  qemu: null,
  settings: USUAL_SETTINGS,
  about: null,
  ready: false,
  selectedGroup: null,
  selectedDevices: [],
  focusedDevice: null,
  collapsedLanes: [],
  dialog: null,
  importing: null,
  panelOpen: true,
  dockOpen: true,
  dockTab: 'timeline',
  notices: [],
  announcement: { id: 0, text: '' },
  reveal: null,
  renaming: null,
}))

const { getState, setState } = useUi

export const setUi: (part: Partial<UiState>) => void = setState

/** Shows the limits of `group`; cards lose their selection. */
export function selectGroup(group: string | null): void {
  setState({ selectedGroup: group, selectedDevices: [] })
}

/** Selects exactly these cards, and the limits of the last one: its own ones if it has some, else those of its lane. */
export function selectDevices(ids: readonly string[]): void {
  const workspace = currentWorkspace()
  const last = findDevice(workspace, ids.at(-1) ?? '')
  if (last) {
    const { selectedGroup, selectedDevices } = getState()
    const isKept = selectedDevices.at(-1) === last.id && selectedGroup !== null && isIn(last, selectedGroup)
    const group = isKept ? selectedGroup : (ownGroups(workspace, last).at(-1) ?? laneOf(workspace, last))
    setState({ selectedDevices: ids, selectedGroup: group })
  } else setState({ selectedDevices: ids, selectedGroup: selectedLane() })
}

/** Shows the limits of a level of the selected card's chain. */
export function selectLevel(group: string): void {
  setState({ selectedGroup: group })
}

/** The group whose limits are shown. Of a selected card it is a level of its chain, whatever an Undo has made of that. */
export function useShownGroup(): string | null {
  const group = useUi((ui) => ui.selectedGroup)
  const id = useUi((ui) => ui.selectedDevices.at(-1) ?? null)
  return useWorkspace(({ workspace }) => {
    const device = id === null ? undefined : findDevice(workspace, id)
    return device === undefined || (group !== null && isIn(device, group)) ? group : laneOf(workspace, device)
  })
}

/** Selects the card, and shows the limits of a level of its chain. */
export function selectCardLevel(id: string, group: string): void {
  setState({ selectedDevices: [id], selectedGroup: group })
}

/** The selected group, or the lane of the card that it stands in. */
export function selectedLane(): string | null {
  const { selectedGroup } = getState()
  const workspace = currentWorkspace()
  const owner = selectedGroup === null ? null : ownerOf(workspace, selectedGroup)
  const device = owner === null ? undefined : findDevice(workspace, owner)
  return device === undefined ? selectedGroup : laneOf(workspace, device)
}

export function toggleDevice(id: string): void {
  const { selectedDevices } = getState()
  selectDevices(selectedDevices.includes(id) ? selectedDevices.filter((each) => each !== id) : [...selectedDevices, id])
}

export function toggleLane(lane: string): void {
  const { collapsedLanes } = getState()
  setState({
    collapsedLanes: collapsedLanes.includes(lane)
      ? collapsedLanes.filter((each) => each !== lane)
      : [...collapsedLanes, lane],
  })
}

export function openDialog(dialog: DialogName): void {
  setState({ dialog })
}

export function openImport(importing: ImportSource): void {
  setState({ dialog: 'import', importing })
}

export function closeDialog(): void {
  setState({ dialog: null })
}

let nextNoticeId = 1

/** A toast. The oldest goes when there are too many. */
export function notify(tone: Notice['tone'], message: string, advice = '', topic: NoticeTopic | null = null): void {
  settle(topic)
  const notice: Notice = { id: nextNoticeId, tone, message, advice, topic }
  nextNoticeId += 1
  setState({ notices: [...getState().notices, notice].slice(-MAX_NOTICES) })
}

/** What was said about `topic` is not so any more. */
export function settle(topic: NoticeTopic | null): void {
  const { notices } = getState()
  const left = notices.filter((notice) => topic === null || notice.topic !== topic)
  if (left.length < notices.length) setState({ notices: left })
}

export function dismissNotice(id: number): void {
  setState({ notices: getState().notices.filter((notice) => notice.id !== id) })
}

/** Scrolls the board to it and puts the focus there. */
export function reveal(kind: 'group' | 'device', name: string): void {
  setState({ reveal: { id: (getState().reveal?.id ?? 0) + 1, kind, name } })
}

/** Says it to screen readers, now. */
export function announce(text: string): void {
  setState({ announcement: { id: getState().announcement.id + 1, text } })
}
