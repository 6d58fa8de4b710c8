import { expect, test } from 'vitest'
import { limitBreaches } from '#shared/throttle/rules.ts'
import { isSameWith } from './same-limits.ts'

const shown = (limits: object, starvation: readonly { key: 'bps-total'; message: string }[] = []) => ({
  ...{ group: 'gold', limits, starvation, breaches: limitBreaches(limits) },
})

test('a part of the panel is drawn again for its own limits, for warnings and for breaches, and for nothing else', () => {
  const before = shown({ 'iops-total': 100 }, [{ key: 'bps-total', message: 'slow' }])
  const same = (after: typeof before, from = before) => isSameWith(from, after, ['iops-total'])
  expect(same(shown({ 'iops-total': 100, 'bps-total': 9 }, [{ key: 'bps-total', message: 'slow' }]))).toBe(true)
  expect(same(shown({ 'iops-total': 200 }, [{ key: 'bps-total', message: 'slow' }]))).toBe(false)
  expect(same(shown({ 'iops-total': 100 }, [{ key: 'bps-total', message: 'slower' }]))).toBe(false)
  expect(same(shown({ 'iops-total': 100 }))).toBe(false)
  expect(same({ ...before, group: 'bulk' })).toBe(false)
  const broken = shown({ 'iops-total': 100, 'iops-read': 100 })
  expect(broken.breaches).not.toEqual([])
  expect(isSameWith(broken, { ...broken }, ['iops-total'])).toBe(false)
  expect(isSameWith(broken, shown({ 'iops-total': 100 }), ['iops-total'])).toBe(false)
})
