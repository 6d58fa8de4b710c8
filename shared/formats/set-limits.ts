import { canonicalLimits, LIMIT_KEYS, type Limits } from '../throttle/limits.ts'
import type { Draft } from './draft.ts'

// What one text sets twice: the last one holds, as in the tools, and the earlier one is a loss.

interface Override {
  readonly path: string
  /** What is set: `scsi0: iops`. */
  readonly what: string
  readonly from: string | number
  /** null: what was set is removed. */
  readonly to: string | number | null
}

/** A value set twice for one machine: the last one holds, as in the tool, and that is said. */
export function noteOverride(draft: Draft, { path, ...override }: Override): void {
  const { from, to } = override
  if (from === to) return
  draft.losses.push({ path, kind: 'dropped', message: overrideText(override), from, ...(to === null ? {} : { to }) })
}

export function overrideText({ what, from, to }: Omit<Override, 'path'>): string {
  return to === null
    ? `${what}: ${from} is removed here`
    : `${what} is set twice; the last one counts: ${to} replaces ${from}`
}

interface Replaced {
  readonly path: string
  /** Of the group or disk. */
  readonly name: string
  readonly from: Limits
  readonly to: Limits
}

/** Of limits that were there, those that now are others. */
export function noteReplaced(draft: Draft, { path, name, from, to }: Replaced): void {
  if (draft.isHistory) return
  const [old, set] = [canonicalLimits(from), canonicalLimits(to)]
  for (const key of LIMIT_KEYS) {
    const before = old[key]
    if (before !== undefined) noteOverride(draft, { path, what: `${name}: ${key}`, from: before, to: set[key] ?? null })
  }
}

/** `id` has limits of its own and no others, whatever was read of it before, which is a loss; {}: it has none. */
export function putOwnLimits(draft: Draft, id: string, limits: Limits, path: string): void {
  noteReplaced(draft, { path, name: id, from: draft.groups.get(id) ?? {}, to: limits })
  replaceOwnLimits(draft, id, limits)
}

/** The same where the text itself means to replace what was. */
export function replaceOwnLimits(draft: Draft, id: string, limits: Limits): void {
  const isThrottled = Object.keys(limits).length > 0
  const device = { id, group: isThrottled ? id : null }
  const index = draft.devices.findIndex((each) => each.id === id)
  if (index < 0) draft.devices.push(device)
  else draft.devices[index] = device
  if (isThrottled) draft.groups.set(id, limits)
  else draft.groups.delete(id)
}
