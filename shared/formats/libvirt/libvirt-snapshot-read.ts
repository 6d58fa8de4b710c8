import type { Issue } from '#shared/issue.ts'
import { equalLimits, hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { type Draft, newDraft } from '../draft.ts'
import { draftOf, freeMachineName, type Machines } from '../machines.ts'
import { childOf, type XmlElement } from '../text/xml.ts'

// `virsh snapshot-dumpxml`: the domain as it ran when the snapshot was taken, and, where that was another, as its next start
// would have been. It is a machine of its own beside the domain of today, so that the two are never taken for one.

export type ReadRoot = (draft: Draft, root: XmlElement) => readonly Issue[]

export function readSnapshot(machines: Machines, root: XmlElement, readRoot: ReadRoot): readonly Issue[] {
  const domain = childOf(root, 'domain')
  const name = textOf(root, 'name') || 'without a name'
  if (domain === null) {
    const message = `the snapshot ${name} has no <domain>; virsh snapshot-dumpxml shows it`
    return [{ path: root.name, code: 'nothing-found', message }]
  }
  const draft = draftOf(machines, freeMachineName(machines, `${textOf(domain, 'name') || 'domain'}, snapshot ${name}`))
  const issues = readRoot(draft, domain)
  draft.notes.push(
    `This is what ${draft.name ?? 'the domain'} had when its snapshot ${name} was taken, not what it has now.`,
  )
  const next = childOf(root, 'inactiveDomain')
  if (next !== null) reportNextStart(draft, next, readRoot)
  return issues
}

function textOf(element: XmlElement, name: string): string {
  return childOf(element, name)?.text.trim() ?? ''
}

function reportNextStart(draft: Draft, domain: XmlElement, readRoot: ReadRoot): void {
  const next = newDraft()
  readRoot(next, domain)
  for (const { id, group } of next.devices) {
    const limits = limitsOf(next, group)
    const ran = draft.devices.find((each) => each.id === id)
    if (equalLimits(limits, limitsOf(draft, ran?.group ?? null))) continue
    const words = hasAnyLimit(limits) ? limitsInWords(limits) : 'no limits'
    const message = `for its next start ${id} had other limits then (${words}); what ran is taken`
    draft.losses.push({ path: `inactiveDomain ${id}`, kind: 'dropped', message })
  }
}

function limitsOf(draft: Draft, group: string | null): Limits {
  return (group === null ? undefined : draft.groups.get(group)) ?? {}
}
