import { useShallow } from 'zustand/react/shallow'
import { laneOf } from '#shared/workspace/lanes.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { selectLevel, useShownGroup, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import type { ShownSubject } from './subject.ts'
import { type Metric, setTimelineView, useTimelineView } from './timeline-view.ts'

// At which level of its chain a device is drawn, where it has several.

const NONE: readonly string[] = []

/** The groups of the subject's chain from guest to disk; none where it has one level or is no device. */
export function useChain(subject: ShownSubject): readonly string[] {
  return useWorkspace(useShallow(({ workspace }) => chainOf(workspace, subject)))
}

function chainOf(workspace: Workspace, subject: ShownSubject): readonly string[] {
  const groups = subject.kind === 'device' ? (findDevice(workspace, subject.id)?.groups ?? NONE) : NONE
  return groups.length > 1 ? [...new Set(groups)] : NONE
}

/** The level of the selected card that the panel shows, else the one that was chosen here, else its lane's; null: one level. */
export function useShownLevel(subject: ShownSubject): string | null {
  const chain = useChain(subject)
  const inPanel = useShownGroup()
  const chosen = useTimelineView((view) => view.level)
  const isSelected = useUi((ui) => subject.kind === 'device' && ui.selectedDevices.at(-1) === subject.id)
  const lane = useWorkspace(({ workspace }) => {
    const device = subject.kind === 'device' ? findDevice(workspace, subject.id) : undefined
    return device === undefined ? null : laneOf(workspace, device)
  })
  const wanted = isSelected ? inPanel : chosen
  if (chain.length === 0) return null
  return wanted !== null && chain.includes(wanted) ? wanted : lane
}

/** Panel and timeline show the same level of a selected card. */
export function showLevel(subject: ShownSubject, level: string): void {
  const isSelected = subject.kind === 'device' && useUi.getState().selectedDevices.at(-1) === subject.id
  if (isSelected) selectLevel(level)
  setTimelineView({ level })
}

/** What was chosen, where the subject has it: only a chain has waits by level. */
export function useShownMetric(subject: ShownSubject): Metric {
  const metric = useTimelineView((view) => view.metric)
  const chain = useChain(subject)
  return metric === 'wait-levels' && chain.length === 0 ? 'wait' : metric
}
