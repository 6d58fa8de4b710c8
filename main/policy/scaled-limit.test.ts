import { expect, test } from 'vitest'
import type { LimitKey } from '#shared/throttle/limits.ts'
import { GIB, MIB } from '#shared/units.ts'
import { limitFor, parseScaledLimit } from './scaled-limit.ts'

function check(key: LimitKey, value: string | number, sizeGib: number | null): number | null | string {
  const parsed = parseScaledLimit(key, value, 'here')
  if (!parsed.ok) return parsed.issues.map(({ path, message }) => `${path}: ${message}`).join()
  return limitFor(parsed.value, sizeGib === null ? null : sizeGib * GIB)
}

test.each<[LimitKey, string | number, number | null, number | null]>([
  ['iops-total', 500, null, 500],
  ['iops-total', '10k', null, 10_000],
  ['bps-read', '64 MiB/s', null, 64 * MIB],
  ['iops-total', '3 per GiB', 100, 300],
  ['iops-total', '3 per GiB, at least 100, at most 16 000', 10, 100],
  ['iops-total', '3 per GiB, at least 100, at most 16 000', 200, 600],
  ['iops-total', '3 per GiB, at least 100, at most 16 000', 10_000, 16_000],
  ['iops-total', '0.5 per GiB', 3, 2],
  ['bps-total', '1 MiB/s per GiB, at most 100 MiB/s', 500, 100 * MIB],
  ['iops-total', '3 per GiB', null, null],
  ['iops-total-max-length', 60, null, 60],
])('%s %s of %s GiB is %s', (key, value, sizeGib, limit) => {
  expect(check(key, value, sizeGib)).toBe(limit)
})

test.each<[LimitKey, string | number, string]>([
  ['iops-total', 'a lot', 'use a number'],
  ['iops-total', '3 per TiB', 'use a number'],
  ['iops-total', '3 per GiB, roughly 100', 'use a number'],
  ['iops-total', '300, at most 100', 'belong to a limit per GiB'],
  ['iops-total', '3 per GiB, at least 100, at most 50', 'at least is more than at most'],
  ['iops-total-max-length', '1 per GiB', 'does not grow with a disk'],
])('%s %s is refused', (key, value, why) => {
  expect(check(key, value, 1)).toContain(why)
})
