import { expect, test } from 'vitest'
import { DiscoverPace } from './discover-pace.ts'
import { Namesakes } from './host/namesakes.ts'
import { VmTally } from './host/vm-tally.ts'
import { type Look, Observer } from './observer.ts'
import type { Picture } from './picture.ts'
import { record } from './record.ts'
import { Recorder } from './recorder.ts'
import { group, legacy, picture } from './testing/pictures.ts'
import type { VmLink } from './vm-link.ts'

// What a name stands for changes while Weir looks: cards are renamed, disks and groups go and come again.

const S = 1e9
const READS = { merged: 0, failed: 0, totalTimeNs: 0 }

function look(atS: number, operations: Readonly<Record<string, number>>): Look {
  const flow = (count: number) => ({ ...READS, operations: count, bytes: count * 4096, totalTimeNs: count * 1e6 })
  const stats = Object.entries(operations).map(([key, count]) => {
    const counters = { read: flow(count), write: flow(0), flush: flow(0), timesFailed: true }
    return { key, chain: [], backing: [], counters }
  })
  return { atNs: atS * S, slackNs: 0, stats }
}

const DB = picture([], [legacy('db', null, { countersKey: 'd0' })])

test('a card that is renamed, and gets its name back, has the rate of the latest look', () => {
  const observer = new Observer()
  const renamed = picture([], [legacy('mysql', null, { countersKey: 'd0' })])
  const iops = (seen: Picture, id: string, atS: number) =>
    observer.observe(seen, look(atS, { d0: atS * 100 })).devices[id]?.read.iops
  for (let atS = 0; atS < 3; atS += 1) iops(DB, 'db', atS)
  expect(iops(renamed, 'mysql', 3)).toBe(100)
  for (let atS = 4; atS < 60; atS += 1) iops(renamed, 'mysql', atS)
  expect(iops(DB, 'db', 60)).toBe(100)
})

test('another disk under a name that was used before is another disk, not a restart of the VM', () => {
  const [observer, empty] = [new Observer(), picture([], [])]
  const recorder = new Recorder({ name: 'web01', startedMs: 0, write: () => {} })
  const restarted = [
    [DB, 1000],
    [DB, 1100],
    [empty, 0],
    [DB, 5],
    [DB, 6],
  ].map(([seen, count], atS) => {
    const taken = look(atS, { d0: count as number })
    recorder.take(taken.stats, seen as Picture, atS * 1000)
    return observer.see(seen as Picture, taken)
  })
  expect(restarted.flat()).toEqual([])
  expect(recorder.recorded).toMatchObject({ requests: 101, restarts: 0 })
})

test('a restart of a VM is one, however many disks it has', () => {
  const recorder = new Recorder({ name: 'web01', startedMs: 0, write: () => {} })
  const three = picture(
    [],
    ['a', 'b', 'c'].map((id) => legacy(id, null, { countersKey: id })),
  )
  for (const [atS, count] of [500, 600, 5, 7].entries())
    recorder.take(look(atS, { a: count, b: count, c: count }).stats, three, atS * 1000)
  expect(recorder.recorded.restarts).toBe(1)
})

test('a group that was forgotten and is made again has no level of before', () => {
  const observer = new Observer()
  const limits = { 'iops-total': 100, 'iops-total-max': 10_000, 'iops-total-max-length': 60 }
  const inside = picture([group('g', limits)], [legacy('db', 'g', { countersKey: 'd0' })])
  observer.noteEmptied(['g'])
  for (let atS = 0; atS <= 50; atS += 1) observer.observe(inside, look(atS, { d0: atS * 9000 }))
  expect(observer.group('g')?.buckets['iops-total']?.level).toBeGreaterThan(400_000)
  observer.observe(DB, look(51, { d0: 450_000 }))
  observer.observe(inside, look(52, { d0: 450_000 }))
  const bucket = observer.group('g')?.buckets['iops-total']
  expect((bucket?.level ?? 0) - (bucket?.errorUnits ?? 0)).toBeLessThanOrEqual(0)
})

test('limits that somebody else set at a time that is not known begin with any level', () => {
  const [before, after] = [{ 'iops-total': 100 }, { 'iops-total': 120, 'iops-total-max': 9000 }]
  const tally = new VmTally()
  const seen = (limits: typeof before) => picture([group('g', limits)], [legacy('db', 'g', { countersKey: 'd0' })])
  tally.seePicture(seen(before))
  for (let atS = 0; atS < 5; atS += 1) tally.seeLook(look(atS, { d0: atS * 100 }))
  tally.seePicture(seen(after))
  tally.seeLook(look(5, { d0: 500 }))
  const [told] = tally.latest.groups
  expect(told?.resets).toBe(1)
  expect(told?.buckets[0]?.level?.high ?? Number.POSITIVE_INFINITY).toBeGreaterThan(8900)
})

test('another disk under a name that a row had is counted from its first look on', () => {
  const tally = new VmTally()
  const other = picture([], [legacy('db', null, { countersKey: 'd1' })])
  const renamed = picture([], [legacy('mysql', null, { countersKey: 'd1' })])
  tally.seePicture(DB)
  tally.seeLook(look(0, { d0: 1000 }))
  tally.seeLook(look(1, { d0: 1100 }))
  tally.seePicture(other)
  tally.seeLook(look(2, { d1: 500_000 }))
  expect(tally.latest.disks[0]?.read?.iops ?? 0).toBe(0)
  tally.seeLook(look(3, { d1: 500_050 }))
  expect(tally.latest.disks[0]?.read?.iops).toBe(50)
  tally.seePicture(renamed)
  tally.seeLook(look(4, { d1: 500_150 }))
  expect(tally.latest.disks[0]?.read?.iops, 'it only has another name').toBe(100)
})

test('two looks within a millisecond are one: a clock that is read twice gives one answer twice', () => {
  const tally = new VmTally()
  tally.seePicture(DB)
  tally.seeLook(look(0, { d0: 0 }))
  tally.seeLook(look(1, { d0: 100 }))
  tally.seeLook(look(1 + 120e-9, { d0: 100 }))
  expect(tally.latest.disks[0]?.read?.iops).toBe(100)
})

test('an event during a look at the configuration has the next one at once', () => {
  const pace = new DiscoverPace(S)
  pace.done(0, 2 * S)
  expect(pace.isDue(3 * S)).toBe(false)
  pace.hurry(3 * S)
  expect(pace.isDue(3 * S)).toBe(true)
  pace.hurry(4 * S)
  pace.done(3 * S, 5 * S)
  expect(pace.isDue(5 * S)).toBe(true)
  pace.done(5 * S, 5.1 * S)
  expect(pace.isDue(6 * S)).toBe(false)
})

test('VMs of one name are told apart from then on, also when one is left', () => {
  const names = new Namesakes()
  const [a, b] = ['/a', '/b'].map((id) => ({ name: 'web', id }))
  const told = (...vms: { name: string; id: string }[]) => {
    names.see(vms.map(({ name }) => name))
    return vms.map((vm) => names.nameOf(vm))
  }
  expect(told(a!, { name: 'db', id: '/c' })).toEqual(['web', 'db'])
  expect(told(a!, b!)).toEqual(['web (/a)', 'web (/b)'])
  expect(told(b!)).toEqual(['web (/b)'])
})

test('a disk that comes while percentiles are recorded has no histogram left either', async () => {
  const disks = ['a', 'b'].map((id) => legacy(id, null, { countersKey: id, qdev: `q${id}` }))
  const set = new Map<string, readonly number[]>()
  const link = {
    name: 'web01',
    title: null,
    discover: async () => picture([], disks),
    look: async (nowNs: () => number) => {
      const taken = look(nowNs() / S, { a: 5, b: 5 })
      return {
        ...taken,
        stats: taken.stats.map(({ key, counters, ...view }) => {
          const boundaries = set.get(`q${key}`)
          const histogram = boundaries && { boundaries, bins: [...boundaries.map(() => 0), 0] }
          const histograms = histogram && { read: histogram, write: histogram, hasOthers: false }
          return { ...view, key, counters: { ...counters, ...(histograms && { histograms }) } }
        }),
      }
    },
    execute: async ({ arguments: given }: { arguments: { id: string; 'boundaries-read'?: readonly number[] } }) => {
      if (given['boundaries-read']) set.set(given.id, given['boundaries-read'])
      else set.delete(given.id)
      if (set.size === 2) end.abort()
      return { ok: true, value: {} }
    },
  } as unknown as VmLink
  const end = new AbortController()
  const options = { link, picture: picture([], disks.slice(0, 1)), name: 'web01', percentiles: true, write: () => {} }
  await record({ ...options, intervalMs: 1, durationMs: 600_000, discoverMs: 0, signal: end.signal })
  expect([...set.keys()]).toEqual([])
})
