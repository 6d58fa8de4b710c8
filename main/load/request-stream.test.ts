import { expect, test } from 'vitest'
import { DEFAULT_WORKLOAD, type SyntheticWorkload, type TraceWorkload } from '#shared/workspace/workspace.ts'
import { createStream, deviceRandom, type RequestStream } from './request-stream.ts'
import { TakenRequest } from './taken-request.ts'
import { TraceReader } from './trace.ts'

const DISK_BYTES = 1024 * 1024
const S = 1e9

function synthetic(changes: Partial<SyntheticWorkload>, options: { seed?: number; fromNs?: number } = {}) {
  return createStream({
    workload: { ...DEFAULT_WORKLOAD, ...changes },
    diskBytes: DISK_BYTES,
    random: deviceRandom(options.seed ?? 1, 'db'),
    fromNs: options.fromNs ?? 0,
    trace: null,
  })
}

function trace(text: string, changes: Partial<TraceWorkload> = {}, diskBytes = DISK_BYTES): RequestStream {
  const reader = new TraceReader()
  for (const chunk of text.match(/[\s\S]{1,7}/g) ?? []) reader.push(chunk)
  const read = reader.finish()
  if (!read.ok) throw new Error(JSON.stringify(read.issues))
  const workload: TraceWorkload = { kind: 'trace', path: 't', iodepth: 4, speed: 1, loop: false, ...changes }
  return createStream({ workload, diskBytes, random: deviceRandom(1, 'db'), fromNs: 0, trace: read.value })
}

/** Takes the next request. */
function take(stream: RequestStream, nowNs: number): TakenRequest {
  const request = new TakenRequest()
  stream.take(nowNs, request)
  return request
}

/** Takes every request as soon as it is due, until `endNs`. */
function arrivals(stream: RequestStream, endNs: number): number[] {
  const times: number[] = []
  let nowNs = 0
  while (stream.dueNs(nowNs) <= endNs && times.length < 1e6) {
    nowNs = stream.dueNs(nowNs)
    times.push(take(stream, nowNs).arrivalNs)
  }
  return times
}

function taken(stream: RequestStream, count: number) {
  return Array.from({ length: count }, () => {
    const { direction, offset, bytes } = take(stream, 0)
    return { direction, offset, bytes }
  })
}

test('a closed loop is always due', () => {
  expect(synthetic({}).dueNs(123)).toBe(123)
})

test('fixed arrivals come at their rate, from the start on', () => {
  const times = arrivals(synthetic({ arrivals: 'fixed', rateIops: 300, startS: 1 }), 1.02 * S)
  expect(times).toEqual([1e9, 1_003_333_334, 1_006_666_667, 1_010_000_000, 1_013_333_334, 1_016_666_667, 1_020_000_000])
})

test('poisson arrivals have the mean and the spread of their rate', () => {
  const times = arrivals(synthetic({ arrivals: 'poisson', rateIops: 1000 }), 50 * S)
  const gaps = times.slice(1).map((time, index) => time - times[index]!)
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
  expect(mean / 1e6).toBeCloseTo(1, 1)
  expect(deviation / mean).toBeCloseTo(1, 1)
})

test('a closed loop with a ceiling keeps to it', () => {
  const times = arrivals(synthetic({ rateIops: 500 }), 2 * S - 1)
  expect(times.length).toBe(1000)
})

/** Reads and writes of the first 2 s, one at a time, each of which takes `serviceNs`. */
function counts(changes: Partial<SyntheticWorkload>, serviceNs = 100_000): readonly [number, number] {
  const stream = synthetic(changes)
  const done: [number, number] = [0, 0]
  for (let nowNs = stream.dueNs(0); nowNs < 2 * S; nowNs = stream.dueNs(nowNs + serviceNs)) {
    done[take(stream, nowNs).direction] += 1
  }
  return done
}

test('a ceiling of one direction holds that one alone', () => {
  const [reads, writes] = counts({ readPercent: 50, readRateIops: 200 })
  expect(reads).toBe(400)
  expect(writes).toBeGreaterThan(19_000)
  const [few, held] = counts({ readPercent: 1, readRateIops: 200, writeRateIops: 50 })
  // Of a hundred draws one is a read; the others go to reads while writes are not due.
  expect([few, held]).toEqual([400, 100])
  expect(counts({ readPercent: 50, readRateIops: 300, writeRateIops: 100, rateIops: 200 })[0]).toBeLessThan(300)
  expect(counts({ readPercent: 100, readRateIops: 200, writeRateIops: 1 })).toEqual([400, 0])
})

test('a ceiling of one direction asks for as many as it gets, unless the other has one or none of it comes', () => {
  const asked = (changes: Partial<SyntheticWorkload>) => synthetic(changes).rateIops
  expect(asked({ readPercent: 50, readRateIops: 200 })).toBe(null)
  expect(asked({ readPercent: 100, readRateIops: 200 })).toBe(200)
  expect(asked({ readPercent: 0, readRateIops: 200 })).toBe(null)
  expect(asked({ readPercent: 50, readRateIops: 200, writeRateIops: 100 })).toBe(300)
  expect(asked({ readPercent: 50, readRateIops: 200, writeRateIops: 100, rateIops: 250 })).toBe(250)
  expect(synthetic({ readRateIops: 200 }).mix).toBe(null)
})

test('after a pause a ceiling of one direction makes up for no more than a moment', () => {
  const stream = synthetic({ readPercent: 100, readRateIops: 1000 })
  take(stream, 0)
  let burst = 0
  while (stream.dueNs(1 * S) <= 1 * S) {
    take(stream, 1 * S)
    burst += 1
  }
  expect(burst).toBeLessThanOrEqual(11)
})

test('a ceiling makes up for a late wake-up but not for a second of throttling', () => {
  const stream = synthetic({ rateIops: 1000 })
  for (let request = 0; request < 3; request += 1) take(stream, 0)
  take(stream, 1 * S)
  let burst = 0
  while (stream.dueNs(1 * S) <= 1 * S) {
    take(stream, 1 * S)
    burst += 1
  }
  expect(burst).toBe(10)
})

test('phases stop the load and carry its schedule over', () => {
  const times = arrivals(synthetic({ arrivals: 'fixed', rateIops: 2, onS: 1, offS: 9, stopS: 21 }), 100 * S)
  expect(times.map((time) => time / S)).toEqual([0, 0.5, 10, 10.5, 20, 20.5])
})

test('a closed loop in its off phase is due when the next on phase begins', () => {
  const stream = synthetic({ onS: 1, offS: 9, stopS: 12 })
  expect([0.5, 1, 5, 10.5, 11, 12].map((s) => stream.dueNs(s * S) / S)).toEqual([0.5, 10, 10, 10.5, Infinity, Infinity])
})

test('the backlog of an open loop counts what has arrived and was not taken', () => {
  const stream = synthetic({ arrivals: 'fixed', rateIops: 10 })
  expect(stream.backlog(0.95 * S)).toBe(10)
  take(stream, 0.95 * S)
  expect(stream.backlog(0.95 * S)).toBe(9)
})

test('a request that is held back keeps its arrival time', () => {
  const stream = synthetic({ arrivals: 'fixed', rateIops: 10 })
  take(stream, 5 * S)
  expect(take(stream, 5 * S).arrivalNs).toBe(0.1 * S)
})

test('an open loop that is changed midway does not begin with a request at once', () => {
  const stream = synthetic({ arrivals: 'fixed', rateIops: 1 }, { fromNs: 5 * S })
  expect(stream.dueNs(5 * S)).toBeGreaterThan(5 * S)
  expect(stream.dueNs(5 * S)).toBeLessThanOrEqual(6 * S)
})

test('equal seeds give equal requests, other seeds and other devices others', () => {
  const blockBytes = [
    { bytes: 4096, weight: 1 },
    { bytes: 65_536, weight: 1 },
  ]
  const first = taken(synthetic({ blockBytes }), 50)
  expect(taken(synthetic({ blockBytes }), 50)).toEqual(first)
  expect(taken(synthetic({ blockBytes }, { seed: 2 }), 50)).not.toEqual(first)
  expect(deviceRandom(1, 'a').uint32()).not.toBe(deviceRandom(1, 'b').uint32())
})

test('reads, sizes and offsets are spread as the workload says', () => {
  const shares = [
    { bytes: 4096, weight: 3 },
    { bytes: 65_536, weight: 1 },
  ]
  const requests = taken(synthetic({ readPercent: 70, blockBytes: shares }), 20_000)
  const share = (of: (request: (typeof requests)[number]) => boolean) => requests.filter(of).length / requests.length
  expect(share((request) => request.direction === 0)).toBeCloseTo(0.7, 1)
  expect(share((request) => request.bytes === 4096)).toBeCloseTo(0.75, 1)
  expect(share((request) => request.offset < DISK_BYTES / 2)).toBeCloseTo(0.5, 1)
  expect(requests.every(({ offset, bytes }) => offset % bytes === 0 && offset + bytes <= DISK_BYTES)).toBe(true)
})

test('a sequential load walks the disk and begins again', () => {
  const offsets = taken(synthetic({ pattern: 'sequential', readPercent: 100, blockBytes: 262_144 }), 6)
  expect(offsets.map(({ offset }) => offset / 262_144)).toEqual([0, 1, 2, 3, 0, 1])
})

test('a trace plays its requests at their times', () => {
  const stream = trace('time_s,op,offset,bytes\n# comment\n10,read,0,4096\n10.5,w,8192,512\n')
  expect([stream.dueNs(0)]).toEqual([0])
  expect(take(stream, 0)).toEqual({ direction: 0, offset: 0, bytes: 4096, arrivalNs: 0 })
  expect(stream.dueNs(0)).toBe(0.5 * S)
  expect(take(stream, 0.5 * S)).toEqual({ direction: 1, offset: 8192, bytes: 512, arrivalNs: 0.5 * S })
  expect(stream.dueNs(0)).toBe(Infinity)
})

test('a looped trace at double speed repeats after its mean gap, and counts its backlog across rounds', () => {
  const stream = trace('0,r,0,512\n1,r,0,512\n2,r,0,512\n', { speed: 2, loop: true })
  expect(stream.backlog(3.1 * S)).toBe(7)
  expect(arrivals(stream, 3.1 * S).map((time) => time / S)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3])
  expect(stream.rateIops).toBe(2)
})

test('trace requests beyond the disk are folded into it', () => {
  const stream = trace('0,r,10485760,4096\n0,r,1048576,8192\n', {}, 64 * 1024)
  for (let request = 0; request < 2; request += 1) {
    const { offset, bytes } = take(stream, 0)
    expect(offset + bytes).toBeLessThanOrEqual(64 * 1024)
    expect(offset % 4096).toBe(0)
  }
})

test('a trace is quoted as it stands, and fields may have quotes', () => {
  const reader = new TraceReader()
  reader.push(
    'time_s,op,offset,bytes\n0,"read",0,"4096"\n1,XWRITE,0,512\n1,read,x,512\n1,read,0,4K\n1 s,read,0,512\n1,read,,512\n1,read,0x10,512\n.5e1,read,5e2,512\n',
  )
  const result = reader.finish()
  expect(result.ok ? [] : result.issues.map(({ message }) => message)).toEqual([
    'op "XWRITE" is not valid; use read or write',
    'offset "x" is not valid; use a whole number of bytes, 0 or more',
    expect.stringMatching(/^size "4K" is not valid; use a whole number of bytes from 1 to \d+$/),
    'time "1 s" is not valid; use seconds, 0 or more',
    'offset "" is not valid; use a whole number of bytes, 0 or more',
    'offset "0x10" is not valid; use a whole number of bytes, 0 or more',
  ])
})

test('a broken trace names its lines', () => {
  const reader = new TraceReader()
  reader.push('0,read,0,4096\n1,erase,0,4096\n0.5,read,0\n-1,read,0,1\n1,read,-1,1\n1,read,0,0')
  const result = reader.finish()
  expect(result.ok ? [] : result.issues.map((issue) => `${issue.path}: ${issue.code}`)).toEqual([
    'line 2: trace-op',
    'line 3: trace-columns',
    'line 4: trace-time',
    'line 5: trace-offset',
    'line 6: trace-bytes',
  ])
})
