import { expect, test } from 'vitest'
import type { StatsView } from '#main/qmp/qmp-views.ts'
import { NS_PER_S } from '#shared/units.ts'
import { Observer } from './observer.ts'
import type { Picture } from './picture.ts'
import { chained, group, picture } from './testing/pictures.ts'

// What the counters of a disk mean for every group of its chain.

const NONE = { operations: 0, bytes: 0, merged: 0, failed: 0, totalTimeNs: 0 }

function stats(key: string, operations: number, eachNs: number): StatsView {
  const read = { operations, bytes: operations * 4096, merged: 0, failed: 0, totalTimeNs: operations * eachNs }
  return { key, chain: [], backing: [], counters: { read, write: NONE, flush: NONE, timesFailed: true } }
}

/** The snapshot after looks a second apart: nothing, then so many more reads in each, which took `eachNs`. */
function after(seen: Picture, looks: readonly (readonly [reads: number, eachNs: number])[]) {
  const observer = new Observer()
  const key = seen.disks[0]?.countersKey ?? ''
  let [reads, timeNs] = [0, 0]
  let observed = observer.observe(seen, { stats: [stats(key, 0, 0)], atNs: 0, slackNs: 0 })
  observer.noteEmptied(seen.groups.map(({ name }) => name))
  for (const [index, [more, eachNs]] of looks.entries()) {
    reads += more
    timeNs += more * eachNs
    const look = stats(key, reads, timeNs / reads)
    observed = observer.observe(seen, { stats: [look], atNs: (index + 1) * NS_PER_S, slackNs: 0 })
  }
  return observed
}

const IOPS_1000 = { 'iops-total': 1000, 'iops-total-max': 1000 }

test('a request counts at every level, and twice in a group that holds its disk twice', () => {
  const groups = [group('vm', IOPS_1000, true), group('disk', IOPS_1000, true)]
  const once = after(picture(groups, [chained('db', ['vm', 'disk'], { countersKey: 'k' })]), [[100, 0]])
  const twice = after(picture(groups, [chained('db', ['vm', 'vm'], { countersKey: 'k' })]), [[100, 0]])
  const most = (observed: typeof once, name: string) => {
    const bucket = observed.groups[name]?.buckets['iops-total']
    return (bucket?.level ?? 0) + (bucket?.errorUnits ?? 0)
  }
  expect([most(once, 'vm'), most(once, 'disk'), most(twice, 'vm')]).toEqual([100, 100, 200])
  expect(twice.groups.vm?.members).toEqual(['db'])
})

test('a level further out may lack as many requests as are under way, which its error says', () => {
  const groups = [group('vm', IOPS_1000, true), group('disk', { 'iops-total': 10 }, true)]
  const seen = picture(groups, [chained('db', ['vm', 'disk'], { countersKey: 'k' })])
  // 10 requests of 2 s each in a second: 20 under way.
  const { groups: found } = after(seen, [[10, 2 * NS_PER_S]])
  const errors = ['vm', 'disk'].map((name) => found[name]?.buckets['iops-total']?.errorUnits ?? 0)
  const plain = after(picture(groups, [chained('db', ['vm'], { countersKey: 'k' })]), [[10, 2 * NS_PER_S]])
  expect((errors[0] ?? 0) - (plain.groups.vm?.buckets['iops-total']?.errorUnits ?? 0)).toBe(20)
})

test('the wait arose at the level that had no room', () => {
  const groups = [group('vm', IOPS_1000, true), group('disk', { 'iops-total': 100 }, true)]
  const seen = picture(groups, [chained('db', ['vm', 'disk'], { countersKey: 'k' })])
  const quiet = [1, 1_000_000] as const
  const { devices } = after(seen, [quiet, quiet, quiet, [100, 500_000_000]])
  expect(devices.db?.levels).toEqual([
    { group: 'vm', queued: null, waitMeanNs: 0, throttledShare: null },
    { group: 'disk', queued: null, waitMeanNs: 499_000_000, throttledShare: null },
  ])
})

test('a disk of which one look had no counters is uncounted until two in a row have some', () => {
  const observer = new Observer()
  const seen = picture([group('g', IOPS_1000)], [chained('db', ['g'], { countersKey: 'k' })])
  const isUnknown = (second: number, views: readonly StatsView[]) =>
    observer.observe(seen, { stats: views, atNs: second * NS_PER_S, slackNs: 0 }).devices.db?.uncounted === true
  const looks = [0, 100, null, 300, 400].map((reads) => (reads === null ? [] : [stats('k', reads, 0)]))
  expect(looks.map((views, second) => isUnknown(second, views))).toEqual([false, false, true, true, false])
})
