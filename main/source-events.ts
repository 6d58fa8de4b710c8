import type { SourceEvent } from '#shared/snapshot.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
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

/** From and to are chains, from guest to disk. */
export function movedEvent(atNs: number, device: string, from: readonly string[], to: readonly string[]): SourceEvent {
  const place = (groups: readonly string[]): string => (groups.length === 0 ? 'not throttled' : groups.join(' under '))
  const text = `${device} moved ${place([...from].reverse())} → ${place([...to].reverse())}`
  return { atNs, kind: 'moved', text, group: outermostGroup({ groups: to }), device }
}

export function workloadEvent(atNs: number, device: string, workload: Workload): SourceEvent {
  const text = workload.kind === 'idle' ? `${device}: load stopped` : `${device}: load changed`
  return { atNs, kind: 'workload', text, group: null, device }
}
