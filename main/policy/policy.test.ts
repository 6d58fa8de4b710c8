import { expect, test } from 'vitest'
import { parsePolicy } from './policy.ts'

const issuesOf = (...rules: readonly object[]) => {
  const parsed = parsePolicy(JSON.stringify({ format: 'weir-policy/1', rules }))
  return parsed.ok ? [] : parsed.issues.map(({ path, message }) => `${path}: ${message}`)
}

const TOTAL_AND_SPLIT = expect.stringContaining('total values and read/write values cannot be used at the same time')
const MAX_BELOW = expect.stringContaining('cannot be lower than bps/iops; use ')

test('a rule that QEMU takes for no disk is refused once, with its place', () => {
  const found = issuesOf({ limits: {} }, { limits: { 'iops-total': 10, 'iops-read': 5 } })
  expect(found).toEqual([TOTAL_AND_SPLIT])
  expect(found[0]).toMatch(/^rules\[1\]\.limits\.iops-total: 10 is not valid/)
  expect(issuesOf({ limits: { 'iops-total': 10, 'iops-total-max': 5 } })).toEqual([MAX_BELOW])
  expect(issuesOf({ limits: { 'iops-total': '3 per GiB', 'iops-read': '0.5 per GiB' } })).toEqual([TOTAL_AND_SPLIT])
  expect(issuesOf({ limits: { 'iops-total': '3 per GiB, at least 100', 'iops-total-max': 50 } })).toEqual([MAX_BELOW])
  const large = { sizeGib: { from: 100 }, limits: { 'iops-total': '10 per GiB', 'iops-total-max': 500 } }
  expect(issuesOf(large)).toEqual([MAX_BELOW])
})

test('a rule that holds for some disks is left to each of them', () => {
  const grows = { 'iops-total': '10 per GiB', 'iops-total-max': 500 }
  expect(issuesOf({ limits: grows }, { sizeGib: { below: 100 }, limits: grows })).toEqual([])
  const late = { 'iops-total': 500, 'iops-total-max': '10 per GiB, at most 600' }
  expect(issuesOf({ limits: late })).toEqual([])
  // Together the small disks of a VM may be large enough.
  expect(issuesOf({ per: 'vm', sizeGib: { below: 20 }, limits: late })).toEqual([])
  expect(issuesOf({ per: 'disk', sizeGib: { below: 20 }, limits: late })).toEqual([MAX_BELOW])
})

test('a size that no disk has is refused', () => {
  expect(issuesOf({ sizeGib: { from: 50, below: 50 }, limits: {} })).toEqual([
    'rules[0].sizeGib.below: 50 is not valid: "below" must be greater than "from" (50 GiB)',
  ])
})
