import { expect, test } from 'vitest'
import { chained, group, legacy, picture } from '#main/live/testing/pictures.ts'
import type { StatsView } from '#main/qmp/qmp-views.ts'
import { NS_PER_S } from '#shared/units.ts'
import { VmTally } from './vm-tally.ts'

const LIMITS = { 'iops-total': 100, 'iops-total-max': 300, 'iops-total-max-length': 5, 'bps-write': 1_000_000 }
const SEEN = picture(
  [group('own', LIMITS), group('vm', { 'iops-total': 150 }, true)],
  [legacy('a', 'own', { countersKey: 'a' }), chained('b', ['vm', 'own'], { countersKey: 'b' }), legacy('c', null)],
)

/** The counters after so many looks: quiet at first, then at the limits, then quiet again. */
function statsAt(look: number): readonly StatsView[] {
  const requests = 20 * Math.min(look, 5) + 120 * Math.max(0, Math.min(look - 5, 15))
  const totalTimeNs = requests * 1e6 + Math.max(0, look - 5) * 4e8
  const read = { operations: requests, bytes: requests * 4096, merged: 0, failed: 0, totalTimeNs }
  const none = { operations: 0, bytes: 0, merged: 0, failed: 0, totalTimeNs: 0 }
  return ['a', 'b'].map((key) => {
    const histograms = { read: { boundaries: [1e7], bins: [requests, 0] }, write: null, hasOthers: false }
    const counters = { read, write: read, flush: none, timesFailed: true, histograms }
    return { key, chain: [], backing: [], counters }
  })
}

function see(tally: VmTally, look: number): void {
  if (look % 10 === 0) tally.seePicture({ ...SEEN })
  tally.seeLook({ stats: statsAt(look), atNs: look * NS_PER_S, slackNs: 1e6 })
}

test('what looks add up to is the same, whether somebody reads each of them or the last alone', () => {
  const [read, unread] = [new VmTally(), new VmTally()]
  for (let look = 0; look < 30; look += 1) {
    see(read, look)
    expect(read.latest).toEqual(read.latest)
    see(unread, look)
  }
  expect(unread.latest).toEqual(read.latest)
  const [own] = unread.latest.groups
  expect(own?.throttledNs).toBeGreaterThan(5 * NS_PER_S)
  expect(own?.buckets.map(({ bucket, atLimitNs }) => [bucket, (atLimitNs ?? 0) > 0])).toEqual([
    ['bps-write', true],
    ['iops-total', true],
  ])
})

test('what was read of a look stays as it was, and a picture that says the same is not read again', () => {
  const tally = new VmTally()
  for (let look = 0; look < 12; look += 1) see(tally, look)
  const [read, picture] = [tally.latest, tally.picture]
  const copy = structuredClone(read)
  for (let look = 12; look < 30; look += 1) see(tally, look)
  expect(read).toEqual(copy)
  expect(tally.picture).toBe(picture)
})

test('after a lost connection the latest look stays as it was seen, until the next one', () => {
  const tally = new VmTally()
  for (let look = 0; look < 12; look += 1) see(tally, look)
  tally.forget()
  const { read } = tally.latest.disks[0] ?? {}
  expect(read?.iops).toBeCloseTo(120)
  expect(read?.latency).toMatchObject({ p50: { fromNs: 0, toNs: 1e7 } })
})

test('the latest look is read by the limits of its time, whether it was read before they changed or not', () => {
  const [read, unread] = [new VmTally(), new VmTally()]
  for (let look = 0; look < 12; look += 1) {
    see(read, look)
    see(unread, look)
  }
  const { groups } = read.latest
  const wider = picture(
    [group('own', { 'iops-total': 5000 }), group('vm', { 'iops-total': 150 }, true)],
    [legacy('a', 'own', { countersKey: 'a' }), chained('b', ['vm', 'own'], { countersKey: 'b' }), legacy('c', null)],
  )
  read.seePicture(wider)
  unread.seePicture(wider)
  expect(unread.latest.groups).toEqual(groups)
  expect(read.latest.groups).toEqual(groups)
})

test('how long requests took adds up over a restart and from the second look on; a gap and other boundaries are left out', () => {
  const tally = new VmTally({ latency: true })
  tally.seePicture(SEEN)
  const see = (atS: number, boundaries: readonly number[], bins: readonly number[]) => {
    const requests = bins.reduce((sum, count) => sum + count, 0)
    const read = { operations: requests, bytes: 0, merged: 0, failed: 0, totalTimeNs: requests * 1e6 }
    const histograms = { read: { boundaries, bins }, write: null, hasOthers: false }
    const counters = { read, write: read, flush: read, timesFailed: true, histograms }
    tally.seeLook({ stats: [{ key: 'a', chain: [], backing: [], counters }], atNs: atS * NS_PER_S, slackNs: 0 })
    const { latencyTotals } = tally.latest.disks[0]?.read ?? {}
    return latencyTotals && [latencyTotals.counts, latencyTotals.totalTimeNs]
  }
  expect(see(1, [1e6], [7, 1])).toEqual([[0, 0], 0])
  expect(see(2, [1e6], [9, 4])).toEqual([[2, 3], 5e6])
  expect(see(3, [1e6], [2, 0])).toEqual([[2, 3], 5e6]) // it was started again
  expect(see(4, [1e6], [3, 0])).toEqual([[3, 3], 6e6])
  tally.forget()
  expect(see(6, [1e6], [8, 0])).toEqual([[3, 3], 6e6])
  expect(see(7, [1e6], [9, 0])).toEqual([[4, 3], 7e6])
  expect(see(8, [2e6], [9, 1])).toEqual([[0, 0], 0])
  expect(tally.latest.disks[0]?.write?.latencyTotals).toBeUndefined()
  expect(new VmTally().latest.disks).toEqual([])
})

test('a disk that a look had no counters of has no rate until two looks in a row have', () => {
  const tally = new VmTally()
  for (let look = 0; look < 8; look += 1) see(tally, look)
  const iops = () => tally.latest.disks.map(({ read }) => (read === null ? null : Math.round(read.iops ?? -1)))
  expect(iops()).toEqual([120, 120, null])
  const [, b] = statsAt(8)
  tally.seeLook({ stats: [b!], atNs: 8 * NS_PER_S, slackNs: 1e6 })
  expect(iops()).toEqual([null, 120, null])
  see(tally, 9)
  expect(iops()).toEqual([null, 120, null])
  see(tally, 10)
  expect(iops()).toEqual([120, 120, null])
})
