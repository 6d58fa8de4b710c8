import type { SourceEvent } from '#shared/snapshot.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { describeChanges } from '#shared/workspace/changes.ts'
import { EMPTY_WORKSPACE, type Workload } from '#shared/workspace/workspace.ts'

// What a step of the script did, for the timeline.

export function limitsEvents(atNs: number, group: string, from: Limits, to: Limits): readonly SourceEvent[] {
  const changes = describeChanges(
    { ...EMPTY_WORKSPACE, groups: { [group]: from } },
    { ...EMPTY_WORKSPACE, groups: { [group]: to } },
  )
  return changes.map((change) => ({
    atNs,
    kind: 'limits',
    text: `${change.subject} ${change.from} → ${change.to}`,
    group,
    device: null,
  }))
}

export function movedEvent(atNs: number, device: string, from: string | null, to: string | null): SourceEvent {
  const place = (group: string | null): string => group ?? 'not throttled'
  return { atNs, kind: 'moved', text: `${device} moved ${place(from)} → ${place(to)}`, group: to, device }
}

export function workloadEvent(atNs: number, device: string, workload: Workload): SourceEvent {
  const text = workload.kind === 'idle' ? `${device}: load stopped` : `${device}: load changed`
  return { atNs, kind: 'workload', text, group: null, device }
}
