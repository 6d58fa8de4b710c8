import type { Aim } from '#main/live/aim.ts'
import { backendAim, type DiskAim, endsIn } from '#main/live/disk-aim.ts'
import { backendGroup, type ProxmoxFacts } from '#main/live/picture.ts'
import type { PlanStep, Steps } from '#main/live/steps.ts'
import { PROXMOX_KEYS } from '#shared/formats/limit-names.ts'
import { proxmoxLimits } from '#shared/formats/platforms/proxmox-drive.ts'
import { listed } from '#shared/listed.ts'
import { slotOfDisk } from '#shared/qemu/proxmox-names.ts'
import {
  canonicalLimits,
  equalLimits,
  hasAnyLimit,
  LIMIT_KEYS,
  type Limits,
  limitOf,
  NO_LIMITS,
} from '#shared/throttle/limits.ts'

// From what should be true to `qm set`. A drive's setting is replaced whole, so each command has every other part of it as
// it stands; Proxmox tells the running QEMU itself. Limits belong to one drive: there are no groups to share.

export function proxmoxSteps(aim: Aim, facts: ProxmoxFacts): Steps {
  const impossible: string[] = []
  const warnings: string[] = []
  const steps = aim.disks.flatMap((disk) => driveSteps(disk, { aim, facts, impossible, warnings }))
  const kept = new Set([...aim.groups.keys()].filter((name) => aim.disks.some((disk) => endsIn(disk, name))))
  for (const [name, { made }] of aim.groups) {
    if (made && !kept.has(name)) warnings.push(`${name} has no drive: Proxmox keeps limits with drives only.`)
  }
  const forgotten = [...aim.groups].flatMap(([name, { now, inDesired }]) =>
    now !== undefined && inDesired && !kept.has(name) && !aim.removed.includes(now) ? [name] : [],
  )
  return { steps, impossible, warnings, kept, forgotten: new Set(forgotten) }
}

interface Planning {
  readonly aim: Aim
  readonly facts: ProxmoxFacts
  readonly impossible: string[]
  readonly warnings: string[]
}

function driveSteps(disk: DiskAim, { aim, facts, impossible, warnings }: Planning): readonly PlanStep[] {
  const { id, qdev, drive } = disk.disk
  const slot = slotOfDisk(qdev, drive)
  const own = backendAim(disk)
  const group = own === null ? undefined : aim.groups.get(own)
  const limits = own === null ? NO_LIMITS : (group?.limits ?? null)
  const now = backendGroup(disk.disk)
  const running = now === null ? NO_LIMITS : (aim.groups.get(now)?.now?.limits ?? NO_LIMITS)
  const stored = slot === null ? undefined : facts.next[slot]
  // A file says what the next start is to have, too; an edit only of what it changes.
  const isOfFile = group?.persists ?? (own === null && [...aim.groups.values()].some(({ persists }) => persists))
  const isStored = stored === undefined || !isOfFile || equalLimits(stored.limits, limits ?? NO_LIMITS)
  if (limits === null || (equalLimits(limits, running) && isStored)) return []
  const problem = problemOf(disk, { own, limits, aim, slot, isKnown: stored !== undefined })
  if (problem !== null || slot === null || stored === undefined) {
    impossible.push(problem ?? `${id} is not a drive of the VM.`)
    return []
  }
  if (facts.current[slot]?.kept.join() !== stored.kept.join()) {
    warnings.push(
      `${slot} has other changes that wait for the VM's next start; they stay, and the limits may wait with them.`,
    )
  }
  const value = [...stored.kept, ...proxmoxLimits(limits)].join(',')
  return [{ command: { qm: ['set', facts.vmid, `--${slot}`, value] }, into: [], makes: null, empties: now }]
}

interface Wanted {
  readonly own: string | null
  readonly limits: Limits
  readonly aim: Aim
  readonly slot: string | null
  readonly isKnown: boolean
}

function problemOf({ disk }: DiskAim, { own, limits, aim, slot, isKnown }: Wanted): string | null {
  if (slot === null) return `${disk.id} is not a drive of Proxmox (its args: define it), so qm sets no limits for it.`
  if (!isKnown) return `${slot} is no longer in the VM's configuration; the VM keeps it until its next start.`
  const sharing = own === null ? [] : aim.disks.filter((each) => endsIn(each, own)).map((each) => each.disk.id)
  if (sharing.length > 1 && hasAnyLimit(limits)) {
    return `${own} cannot be shared by ${listed(sharing)}: Proxmox limits each drive alone. Give each a group of its own.`
  }
  const unknown = LIMIT_KEYS.filter((key) => PROXMOX_KEYS[key] === '' && canonicalLimits(limits)[key] !== undefined)
  if (unknown.length === 0) return null
  return `${own ?? slot}: Proxmox has no ${unknown.map((key) => `${key} (${limitOf(limits, key)})`).join(', ')}; take it out.`
}
