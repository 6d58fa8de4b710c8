import { expect, test } from 'vitest'
import type { Histograms } from '#main/qmp/latency-histogram.ts'
import type { StatsView } from '#main/qmp/qmp-views.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import type { Picture } from './picture.ts'
import { Recorder } from './recorder.ts'
import { chained, group, picture } from './testing/pictures.ts'

// What a recording keeps of the limits: how much of them was used, and every change of them.

function stats(
  operations: Readonly<Record<string, readonly [reads: number, writes: number]>>,
  histograms?: Histograms,
): readonly StatsView[] {
  const flow = (count: number) => ({
    operations: count,
    bytes: count * 4096,
    merged: 0,
    failed: 0,
    totalTimeNs: count * 1e7,
  })
  return Object.entries(operations).map(([key, [reads, writes]]) => ({
    key,
    chain: [],
    backing: [],
    counters: {
      read: flow(reads),
      write: flow(writes),
      flush: flow(0),
      timesFailed: true,
      ...(histograms && { histograms }),
    },
  }))
}

function seen(
  limits: Readonly<Record<string, Limits | null>>,
  disks: Readonly<Record<string, readonly string[]>>,
): Picture {
  return picture(
    Object.entries(limits).map(([name, each]) => group(name, each)),
    Object.entries(disks).map(([id, groups]) => ({ ...chained(id, groups), countersKey: id })),
  )
}

function recorded(): { readonly recorder: Recorder; readonly lines: () => readonly string[] } {
  let text = ''
  const write = (more: string) => {
    text += more
  }
  const recorder = new Recorder({ name: 'web01', startedMs: 1000, write })
  return { recorder, lines: () => text.trim().split('\n') }
}

test('members use a limit together, and a disk is as near to a limit as its nearest level', () => {
  const limits = { gold: { 'iops-total': 100 }, vm: { 'bps-read': 409_600, 'iops-size': 4096 }, untold: null }
  const shown = seen(limits, { a: ['gold'], b: ['gold', 'vm'], c: ['untold'], free: [] })
  const { recorder, lines } = recorded()
  recorder.take(stats({ a: [0, 0], b: [0, 0], c: [0, 0], free: [0, 0] }), shown, 5000)
  recorder.take(stats({ a: [20, 10], b: [95, 1], c: [5, 0], free: [5, 0] }), shown, 6000)
  expect(lines().slice(3)).toEqual([
    // 126 requests against 100 a second; b's 95 reads are less than that of the VM's bandwidth.
    '0.000000,1.000000,a,20,81920,10,40960,1.26,0.3',
    '0.000000,1.000000,b,95,389120,1,4096,1.26,0.96',
    '0.000000,1.000000,c,5,20480,0,0,,0.05',
    '0.000000,1.000000,free,5,20480,0,0,,0.05',
  ])
})

test('requests above iops-size count as several', () => {
  const shown = seen({ g: { 'iops-total': 100, 'iops-size': 1024 } }, { a: ['g'] })
  const { recorder, lines } = recorded()
  recorder.take(stats({ a: [0, 0] }), shown, 0)
  recorder.take(stats({ a: [20, 0] }), shown, 2000)
  expect(lines().at(-1)).toBe('0.000000,2.000000,a,20,81920,0,0,0.4,0.1')
})

test('the head says when and under which limits it began, and a line says when they change', () => {
  const { recorder, lines } = recorded()
  recorder.take(stats({ a: [0, 0] }), seen({ g: { 'iops-total': 100 } }, { a: ['g'] }), 0)
  recorder.take(stats({ a: [9, 0] }), seen({ g: { 'iops-total': 100 } }, { a: ['g'] }), 1000)
  recorder.take(stats({ a: [9, 0] }), seen({ g: { 'iops-total': 10 } }, { a: ['g'] }), 2000)
  recorder.take(stats({ a: [18, 0] }), seen({ g: { 'iops-total': 10 } }, { a: ['g'] }), 3000)
  expect(lines()).toEqual([
    '# weir-recording/1',
    '# {"name":"web01","startedMs":1000,"limits":{"g":{"iops-total":100}},"groups":{"a":["g"]}}',
    'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding',
    '0.000000,1.000000,a,9,36864,0,0,0.09,0.09',
    '# {"atS":2,"limits":{"g":{"iops-total":10}},"groups":{"a":["g"]}}',
    '2.000000,3.000000,a,9,36864,0,0,0.9,0.09',
  ])
  expect(recorder.recorded).toEqual({ requests: 18, seconds: 3, restarts: 0 })
})

test('a look that is the same as before makes no interval, and a restart is counted', () => {
  const { recorder, lines } = recorded()
  const shown = seen({}, { a: [] })
  recorder.take(stats({ a: [5, 0] }), shown, 0)
  recorder.take(stats({ a: [5, 0] }), shown, 0)
  recorder.take(stats({ a: [2, 0] }), shown, 1000)
  recorder.take(stats({ a: [4, 0] }), shown, 2000)
  expect(lines().slice(3)).toEqual(['1.000000,2.000000,a,2,8192,0,0,,0.02'])
  expect(recorder.recorded.restarts).toBe(1)
})

const bins = (read: readonly number[], write: readonly number[] | null, boundaries = [100, 200]): Histograms => ({
  read: { boundaries, bins: read },
  write: write && { boundaries, bins: write },
  hasOthers: false,
})

test('where a disk has histograms, rows say how long the requests of their interval took', () => {
  const { recorder, lines } = recorded()
  const shown = seen({}, { a: [] })
  recorder.take(stats({ a: [0, 0] }, bins([7, 0, 0], [0, 0, 1])), shown, 0)
  recorder.take(stats({ a: [3, 1] }, bins([7, 2, 1], [0, 0, 2])), shown, 1000)
  recorder.take(stats({ a: [4, 1] }, bins([8, 2, 1], null)), shown, 2000)
  // Set again by its owner, and so emptied: what came before is not known.
  recorder.take(stats({ a: [9, 1] }, bins([1, 0, 0], null)), shown, 3000)
  recorder.take(stats({ a: [10, 1] }, bins([1, 1, 0], null)), shown, 4000)
  expect(lines().slice(2)).toEqual([
    'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding,read_latency,write_latency',
    '0.000000,1.000000,a,3,12288,1,4096,,0.04,100-200:2 200-:1,200-:1',
    '1.000000,2.000000,a,1,4096,0,0,,0.01,0-100:1,',
    '2.000000,3.000000,a,5,20480,0,0,,0.05,,',
    '3.000000,4.000000,a,1,4096,0,0,,0.01,100-200:1,',
  ])
})

test('histograms that are set while it records begin with a heading of their own', () => {
  const { recorder, lines } = recorded()
  const shown = seen({}, { a: [], b: [] })
  recorder.take(stats({ a: [0, 0], b: [0, 0] }), shown, 0)
  recorder.take(stats({ a: [1, 0], b: [0, 0] }), shown, 1000)
  recorder.take([...stats({ a: [2, 0] }, bins([0, 0, 0], [0, 0, 0])), ...stats({ b: [1, 0] })], shown, 2000)
  recorder.take([...stats({ a: [3, 0] }, bins([0, 1, 0], [0, 0, 0])), ...stats({ b: [2, 0] })], shown, 3000)
  expect(lines().slice(3)).toEqual([
    '0.000000,1.000000,a,1,4096,0,0,,0.01',
    'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding,read_latency,write_latency',
    '1.000000,2.000000,a,1,4096,0,0,,0.01,,',
    '1.000000,2.000000,b,1,4096,0,0,,0.01,,',
    '2.000000,3.000000,a,1,4096,0,0,,0.01,100-200:1,',
    '2.000000,3.000000,b,1,4096,0,0,,0.01,,',
  ])
})
