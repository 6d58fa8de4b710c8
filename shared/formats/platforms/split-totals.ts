import { failed, ok, type Result } from '#shared/issue.ts'
import { type Bucket, type LimitKey, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import type { Loss, OptionSpec } from '../format.ts'

// For targets without limits on reads and writes together: a total becomes a limit of each only when the user says how.

const SPLITS = {
  no: 'Leave them out',
  half: 'Half for reads, half for writes',
  each: 'The whole for reads and for writes',
}

export type Split = keyof typeof SPLITS

export const SPLIT_OPTION: OptionSpec = {
  key: 'split',
  label: 'Totals',
  help: 'What becomes of limits on reads and writes together.',
  kind: 'choice',
  choices: Object.entries(SPLITS).map(([value, label]) => ({ value, label })),
  preset: 'no',
}

function isSplit(text: string): text is Split {
  return Object.hasOwn(SPLITS, text)
}

export function parseSplit(given: string | undefined): Result<Split> {
  const split = given === undefined || given === '' ? 'no' : given
  if (isSplit(split)) return ok(split)
  const message = `${JSON.stringify(split)} is not valid; use ${Object.keys(SPLITS).join(', ')}`
  return failed([{ path: 'split', code: 'unknown-split', message }])
}

/** `limits` as reads and writes. QEMU's rules see to it that a total never stands beside a read or write limit. */
export function splitTotals(limits: Limits, split: Split): Limits {
  if (split === 'no') return limits
  const shares: Partial<Record<LimitKey, number>> = { ...limits }
  for (const [total, read, write] of [
    ['bps-total', 'bps-read', 'bps-write'],
    ['iops-total', 'iops-read', 'iops-write'],
  ] as const) {
    const value = limitOf(limits, total)
    if (value === 0) continue
    delete shares[total]
    // 0 would be no limit, so that the smallest share is 1.
    shares[read] = split === 'each' ? value : Math.max(1, Math.floor(value / 2))
    shares[write] = split === 'each' ? value : Math.max(1, Math.ceil(value / 2))
  }
  return shares
}

export function splitLosses(group: string, limits: Limits, split: Split, target: string): readonly Loss[] {
  const totals: readonly Bucket[] = ['bps-total', 'iops-total']
  if (split === 'no') return []
  return totals
    .filter((total) => limitOf(limits, total) !== 0)
    .map((total) => ({
      path: formatPath(['groups', group, total]),
      kind: 'converted' as const,
      message:
        split === 'half' && limitOf(limits, total) === 1
          ? `${target} has no totals; reads and writes get 1 each, since 1 cannot be halved, and may take twice the limit together`
          : split === 'each'
            ? `${target} has no totals; reads and writes get ${limitOf(limits, total)} each and may take twice that together`
            : `${target} has no totals; reads and writes get half of ${limitOf(limits, total)} each and cannot lend to each other`,
      from: limitOf(limits, total),
    }))
}
