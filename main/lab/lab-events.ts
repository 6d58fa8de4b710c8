import { limitsEvents, movedEvent, workloadEvent } from '#main/simulate/script-events.ts'
import type { SourceEvent, SourceEventKind } from '#shared/snapshot.ts'
import type { Plan } from './plan.ts'
import type { Roster } from './roster.ts'

/** What a plan is about to change, in words, from what runs before it. */
export function planEvents(plan: Plan, roster: Roster, atNs: number): readonly SourceEvent[] {
  const replaced = new Set(plan.add.map(({ device }) => device.id))
  return [
    ...plan.addGroups.map(({ name }) => event(atNs, 'added', `group ${name} added`, { group: name })),
    ...plan.configure.flatMap(({ name, limits }) => limitsEvents(atNs, name, roster.group(name).limits, limits)),
    ...plan.remove
      .filter(({ id }) => !replaced.has(id))
      .map(({ id }) => event(atNs, 'removed', `${id} removed`, { device: id })),
    ...plan.add.map(({ device: { id, group } }) => {
      const what = roster.devices.has(id) ? 'put in place anew' : 'added'
      return event(atNs, 'added', `${id} ${what}`, { device: id, group })
    }),
    ...plan.move.map(({ id, to }) => movedEvent(atNs, id, roster.device(id).group, to)),
    ...plan.reload.map(({ id, workload }) => workloadEvent(atNs, id, workload)),
    ...plan.removeGroups.map((name) => event(atNs, 'removed', `group ${name} removed`, { group: name })),
  ]
}

export function event(
  atNs: number,
  kind: SourceEventKind,
  text: string,
  about: { readonly group?: string | null; readonly device?: string | null } = {},
): SourceEvent {
  return { atNs, kind, text, group: about.group ?? null, device: about.device ?? null }
}
