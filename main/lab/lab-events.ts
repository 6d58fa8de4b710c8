import { limitsEvents, movedEvent, workloadEvent } from '#main/source-events.ts'
import type { SourceEvent, SourceEventKind } from '#shared/snapshot.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import type { LabChanges, Rename } from './lab-changes.ts'
import type { Running } from './lab-slots.ts'

/** What is about to change, in words, from what runs before it by the names it has then. */
export function changeEvents(changes: LabChanges, running: Running, atNs: number): readonly SourceEvent[] {
  const replaced = new Set(changes.add.map(({ device }) => device.id))
  return [
    ...changes.renames.map((rename) => renamedEvent(rename, atNs)),
    ...changes.addGroups.map(({ name }) => event(atNs, 'added', `group ${name} added`, { group: name })),
    ...changes.configure.flatMap(({ name, limits }) =>
      limitsEvents(atNs, name, running.groups.get(name)!.limits, limits),
    ),
    ...changes.remove
      .filter(({ id }) => !replaced.has(id))
      .map(({ id }) => event(atNs, 'removed', `${id} removed`, { device: id })),
    ...changes.add.map(({ device }) => {
      const { id } = device
      const what = running.devices.has(id) ? 'put in place again' : 'added'
      return event(atNs, 'added', `${id} ${what}`, { device: id, group: outermostGroup(device) })
    }),
    ...changes.move.map(({ id, to }) => movedEvent(atNs, id, running.devices.get(id)!.groups, to)),
    ...changes.reload.map(({ id, workload }) => workloadEvent(atNs, id, workload)),
    ...changes.removeGroups.map((name) => event(atNs, 'removed', `group ${name} removed`, { group: name })),
  ]
}

function renamedEvent({ kind, from, to }: Rename, atNs: number): SourceEvent {
  return kind === 'group'
    ? { ...event(atNs, 'renamed', `group ${from} renamed ${to}`, { group: to }), from }
    : { ...event(atNs, 'renamed', `${from} renamed ${to}`, { device: to }), from }
}

export function event(
  atNs: number,
  kind: SourceEventKind,
  text: string,
  about: { readonly group?: string | null; readonly device?: string | null } = {},
): SourceEvent {
  return { atNs, kind, text, group: about.group ?? null, device: about.device ?? null }
}
