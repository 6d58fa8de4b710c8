import { expect, test } from 'vitest'
import { describeChanges } from './changes.ts'
import { parseWorkspace } from './parse.ts'

function check(from: object, to: object, expected: readonly string[]) {
  const [a, b] = [from, to].map((parts) => {
    const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, devices: [], ...parts })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
    return parsed.value
  })
  expect(describeChanges(a!, b!).map((change) => `${change.subject} | ${change.from} | ${change.to}`)).toEqual(expected)
}

test('limits are told one by one, in words', () => {
  check(
    { groups: { gold: { 'iops-total': 1000, 'bps-read': 67_108_864 } } },
    {
      groups: {
        gold: { 'iops-total': 1500, 'iops-total-max': 4000, 'iops-total-max-length': 10, 'iops-size': 16_384 },
      },
    },
    [
      'gold: read bandwidth | 64 MiB/s | unlimited',
      'gold: IOPS | 1\u2009000 | 1\u2009500',
      'gold: IOPS burst | none | 4\u2009000',
      'gold: IOPS burst length | 1 s | 10 s',
      'gold: IOPS size | none | 16 KiB',
    ],
  )
})

test('groups that come and go are told with all their limits', () => {
  check(
    { groups: { old: {} } },
    { groups: { fresh: { 'iops-read': 10, 'iops-read-max': 20, 'iops-read-max-length': 5, 'iops-size': 4096 } } },
    ['old | no limits | not there', 'fresh | not there | read IOPS 10, burst 20 for 5 s · counted per 4 KiB'],
  )
})

test('devices that move, come, go, or change their load', () => {
  const groups = { gold: {}, bulk: {} }
  check(
    { groups, devices: [{ id: 'a', group: 'gold' }, { id: 'b' }, { id: 'c' }] },
    {
      groups,
      devices: [
        { id: 'a', group: 'bulk' },
        { id: 'b', workload: { kind: 'synthetic' } },
        { id: 'd', group: 'gold' },
      ],
    },
    ['a | gold | bulk', 'b: load | before | changed', 'c | not throttled | not there', 'd | not there | gold'],
  )
})

test('equal workspaces differ in nothing', () => {
  check({ groups: { g: { 'iops-total-max-length': 1 } } }, { groups: { g: {} } }, [])
})
