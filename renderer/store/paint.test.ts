import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Snapshot } from '#shared/snapshot.ts'

// A painter takes a millisecond here; frames and the turns between them come by hand.

let nowMs = 0
let frames: FrameRequestCallback[] = []
let turns: (() => void)[] = []
let painted: string[] = []
let stops: (() => void)[] = []

vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback))
vi.stubGlobal('setTimeout', (callback: () => void) => turns.push(callback))
vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
const { schedulePaint } = await import('./paint.ts')
const { pushSnapshot, resetTelemetry } = await import('./telemetry.ts')

const SNAPSHOT: Snapshot = {
  source: 'lab',
  revision: 1,
  appliedRevision: 0,
  state: 'running',
  nowNs: 0,
  groups: {},
  devices: {},
  events: [],
}

function measure(revision: number): void {
  pushSnapshot({ ...SNAPSHOT, revision, nowNs: revision * 1e8 })
}

function start(name: string): void {
  stops.push(
    schedulePaint(() => {
      painted.push(name)
      nowMs += 1
    }),
  )
}

/** What is painted in the next frame, and in the turn behind it. */
function next(): readonly [frame: string, turn: string] {
  const take = (callbacks: (() => void)[]) => {
    painted = []
    for (const callback of callbacks) callback()
    return painted.join(' ')
  }
  const due = frames
  frames = []
  const inFrame = take(due.map((callback) => () => callback(nowMs)))
  const dueTurns = turns
  turns = []
  return [inFrame, take(dueTurns)]
}

function settle(): void {
  while (frames.length + turns.length > 0) next()
}

beforeEach(resetTelemetry)
afterEach(() => {
  for (const stop of stops) stop()
  stops = []
  settle()
})

test('a snapshot is painted in turns between frames, each as short as the other, and nobody is left out', () => {
  for (const name of 'abcdefg') start(name)
  settle()
  measure(1)
  expect([next(), next(), next(), next()]).toEqual([
    ['', 'a b c'],
    ['', 'd e f'],
    ['', 'g'],
    ['', ''],
  ])
  expect(frames).toEqual([])
})

test('who still waits when the next snapshot comes keeps its place', () => {
  for (const name of 'abcde') start(name)
  settle()
  measure(1)
  next()
  measure(2)
  expect([next(), next()]).toEqual([
    ['', 'd e a'],
    ['', 'b c'],
  ])
})

test('what React has just drawn is painted in the frame that shows it, and not once more', () => {
  start('a')
  settle()
  measure(1)
  start('b')
  expect([next(), next()]).toEqual([
    ['b', 'a'],
    ['', ''],
  ])
})

test('of much that React has just drawn the rest comes in turns', () => {
  for (const name of 'abcdefgh') start(name)
  expect([next(), next()]).toEqual([
    ['a b c', 'd e f'],
    ['', 'g h'],
  ])
})

test('a painter that has stopped is not called, wherever it waits', () => {
  for (const name of 'abcdefg') start(name)
  stops[0]?.()
  next()
  stops[6]?.()
  expect(next()).toEqual(['', ''])
})

test('who waits and is drawn again by React is painted once', () => {
  for (const name of 'ab') start(name)
  settle()
  measure(1)
  const painter = () => painted.push('c')
  stops.push(schedulePaint(painter))
  measure(2)
  expect([next(), next()]).toEqual([
    ['c', 'a b'],
    ['', ''],
  ])
})

test('what React draws between a frame and its turn has the next frame', () => {
  start('a')
  settle()
  measure(1)
  const due = frames
  frames = []
  for (const callback of due) callback(nowMs)
  start('b')
  expect([frames.length, turns.length]).toEqual([1, 1])
  for (const callback of frames.splice(0)) callback(nowMs)
  expect(turns, 'one turn for what both frames left').toHaveLength(1)
  expect(painted).toEqual(['b'])
  expect(next()[1]).toBe('a')
})

test('a painter that throws stops nobody else', () => {
  let isBroken = true
  stops.push(
    schedulePaint(() => {
      if (isBroken) throw new Error('broken')
      painted.push('broken')
    }),
  )
  start('a')
  expect(next).toThrow('broken')
  isBroken = false
  expect(next()[1]).toBe('a')
  measure(1)
  isBroken = true
  for (const callback of frames.splice(0)) callback(nowMs)
  expect(turns.splice(0)[0]).toThrow('broken')
  expect(next()[1]).toBe('a')
  isBroken = false
})
