import type { Issue } from '#shared/issue.ts'
import { limitIssues } from '#shared/throttle/rules.ts'
import { GIB, MIB } from '#shared/units.ts'
import type { PolicyRule } from './policy-rule.ts'
import { limitFor } from './scaled-limit.ts'

// What QEMU takes at no size of a disk is a fault of the policy: told once, where it stands, not for every disk.

const SMALLEST_DISK = MIB

/** What of the rule's limits QEMU refuses whatever the size. */
export function neverHolds(rule: PolicyRule, path: string): readonly Issue[] {
  const [first = [], ...others] = turningSizes(rule).map((size) => issuesAt(rule, size, path))
  return first.filter((issue) => others.every((each) => each.some((other) => isSame(issue, other))))
}

function isSame(a: Issue, b: Issue): boolean {
  return a.code === b.code && a.path === b.path
}

function issuesAt({ limits }: PolicyRule, sizeBytes: number, path: string): readonly Issue[] {
  const values = [...limits].map(([key, limit]) => {
    const value = limitFor(limit, sizeBytes) ?? 0
    // What is rounded to nothing for a tiny disk is not meant as no limit.
    return [key, limit.perGib > 0 ? Math.max(1, value) : value] as const
  })
  return limitIssues(Object.fromEntries(values), path)
}

/** Between two of these every limit grows evenly or not at all: what is right anywhere is right at one of them. */
function turningSizes({ limits, sizeBytes, per }: PolicyRule): readonly number[] {
  const from = Math.max(SMALLEST_DISK, sizeBytes.from)
  // Several disks that share limits are larger together than each may be.
  const to = per === 'vm' ? Number.POSITIVE_INFINITY : sizeBytes.to
  const turns = [...limits.values()]
    .filter(({ perGib }) => perGib > 0)
    .flatMap(({ perGib, least, most }) => [least, most].map((bound) => (bound / perGib) * GIB))
  const inside = [...turns, to - 1].filter((size) => size > from && size < to && Number.isFinite(size))
  return [from, ...inside]
}
