import { counted } from '../counted.ts'
import { LIMIT_KEYS, type Limits, limitOf } from '../throttle/limits.ts'
import { formatLimit, limitsInWords, limitWords } from '../throttle/words.ts'
import type { ByteUnits } from '../units.ts'
import { chainWords, sameChain } from './chain.ts'
import type { Workspace } from './workspace.ts'

/** One difference between two workspaces, for people: `gold: IOPS`, `1 000`, `1 500`. */
export interface Change {
  readonly subject: string
  readonly from: string
  readonly to: string
}

const ABSENT = 'not there'

/** A chain has arrows of its own, so that words stand between two. */
export function fromTo({ from, to }: Omit<Change, 'subject'>): string {
  return [from, to].some((each) => each.includes('→')) ? `from ${from} to ${to}` : `${from} → ${to}`
}

/** What differs in limits, groups and membership; loads, disks and script are told by one line each. */
export function describeChanges(from: Workspace, to: Workspace, units: ByteUnits = 'binary'): readonly Change[] {
  const names = new Set([...Object.keys(from.groups), ...Object.keys(to.groups)])
  return [
    ...[...names].flatMap((name) => groupChanges(name, from.groups[name], to.groups[name], units)),
    ...deviceChanges(from, to),
    ...(same(from.script, to.script)
      ? []
      : [{ subject: 'script', from: stepCount(from), to: `${stepCount(to)}, changed` }]),
  ]
}

function groupChanges(
  name: string,
  from: Limits | undefined,
  to: Limits | undefined,
  units: ByteUnits,
): readonly Change[] {
  if (from === undefined || to === undefined) {
    const words = (limits: Limits | undefined) => (limits === undefined ? ABSENT : limitsInWords(limits, units))
    return [{ subject: name, from: words(from), to: words(to) }]
  }
  return LIMIT_KEYS.filter((key) => limitOf(from, key) !== limitOf(to, key)).map((key) => ({
    subject: `${name}: ${limitWords(key)}`,
    from: formatLimit(key, limitOf(from, key), units),
    to: formatLimit(key, limitOf(to, key), units),
  }))
}

function deviceChanges(from: Workspace, to: Workspace): readonly Change[] {
  const before = new Map(from.devices.map((device) => [device.id, device]))
  const after = new Map(to.devices.map((device) => [device.id, device]))
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const a = before.get(id)
    const b = after.get(id)
    if (!a || !b) return [{ subject: id, from: a ? chainWords(a) : ABSENT, to: b ? chainWords(b) : ABSENT }]
    return [
      ...(sameChain(a.groups, b.groups) ? [] : [{ subject: id, from: chainWords(a), to: chainWords(b) }]),
      ...(same(a.workload, b.workload) ? [] : [{ subject: `${id}: load`, from: 'before', to: 'changed' }]),
      ...(same(a.disk, b.disk) ? [] : [{ subject: `${id}: disk`, from: 'before', to: 'changed' }]),
    ]
  })
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function stepCount(workspace: Workspace): string {
  return counted(workspace.script.length, 'step')
}
