import type { Workspace } from '#shared/workspace/workspace.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { type Subject, useTimelineView } from './timeline-view.ts'

/** Whose measurements are drawn: what is chosen if it still is there, else what is selected, else all groups. */
export type ShownSubject =
  | { readonly kind: 'all' }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'device'; readonly id: string }

export const ALL: ShownSubject = { kind: 'all' }

export function resolveSubject(
  subject: Subject,
  workspace: Workspace,
  selection: { readonly group: string | null; readonly device: string | null },
): ShownSubject {
  const hasGroup = (name: string | null): name is string => name !== null && Object.hasOwn(workspace.groups, name)
  const hasDevice = (id: string | null): id is string => workspace.devices.some((device) => device.id === id)
  if (subject.kind === 'all') return ALL
  if (subject.kind === 'group' && hasGroup(subject.name)) return subject
  if (subject.kind === 'device' && hasDevice(subject.id)) return subject
  if (hasDevice(selection.device)) return { kind: 'device', id: selection.device }
  return hasGroup(selection.group) ? { kind: 'group', name: selection.group } : ALL
}

export function subjectKey(subject: ShownSubject): string {
  if (subject.kind === 'all') return 'all'
  return subject.kind === 'group' ? `group ${subject.name}` : `device ${subject.id}`
}

/** The subject as a text that stays equal while it is the same; see `parseSubject`. */
export function useShownSubject(): ShownSubject {
  const subject = useTimelineView((view) => view.subject)
  const group = useUi((ui) => ui.selectedGroup)
  const device = useUi((ui) => ui.selectedDevices.at(-1) ?? null)
  const key = useWorkspace((state) => subjectKey(resolveSubject(subject, state.workspace, { group, device })))
  return parseSubject(key)
}

export function parseSubject(key: string): ShownSubject {
  if (key.startsWith('group ')) return { kind: 'group', name: key.slice('group '.length) }
  return key.startsWith('device ') ? { kind: 'device', id: key.slice('device '.length) } : ALL
}

/** `gold`, `db-primary`, `all groups`. */
export function subjectTitle(subject: ShownSubject): string {
  if (subject.kind === 'all') return 'all groups'
  return subject.kind === 'group' ? subject.name : subject.id
}
