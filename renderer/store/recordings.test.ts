import { beforeEach, expect, test } from 'vitest'
import type { Snapshot, SourceEvent } from '#shared/snapshot.ts'
import { useEvents } from './events.ts'
import { forgetSource, resumeSource, setAside } from './recordings.ts'
import { latestSnapshot, pushSnapshot, resetTelemetry, sampleEnd, sampleTimeNs } from './telemetry.ts'

function snapshot(revision: number, part: Partial<Snapshot> = {}): Snapshot {
  const nowNs = revision * 1e8
  const event: SourceEvent = { atNs: nowNs, kind: 'moved', text: `at ${revision}`, group: null, device: 'db' }
  const base = { revision, appliedRevision: 0, state: 'running', nowNs, groups: {}, devices: {} } as const
  return { ...base, source: 'lab', events: [event], ...part }
}

function shown() {
  return {
    source: latestSnapshot()?.source ?? null,
    atNs: Array.from({ length: sampleEnd() }, (_, sample) => sampleTimeNs(sample)),
    events: useEvents.getState().events.map(({ text }) => text),
  }
}

const NOTHING = { source: null, atNs: [], events: [] }

beforeEach(() => {
  forgetSource('lab')
  forgetSource('qemu')
  resetTelemetry()
})

test('the lab goes on with its history and events, of which the prediction meanwhile is no part', () => {
  for (const revision of [1, 2, 3]) pushSnapshot(snapshot(revision))
  setAside('lab')
  expect(shown()).toEqual(NOTHING)
  for (const revision of [1, 2, 3, 4, 5]) pushSnapshot(snapshot(revision, { source: 'simulation' }))
  resumeSource('lab')
  // The main process shows the lab's latest snapshot again before the next one.
  for (const revision of [3, 4]) pushSnapshot(snapshot(revision))
  expect(shown()).toEqual({
    source: 'lab',
    atNs: [1e8, 2e8, 3e8, 4e8],
    events: ['at 1', 'at 2', 'at 3', 'at 4'],
  })
})

test('a lab that measured one thing only loses it as little', () => {
  pushSnapshot(snapshot(7))
  setAside('lab')
  pushSnapshot(snapshot(1, { source: 'simulation' }))
  resumeSource('lab')
  expect(shown()).toEqual({ source: 'lab', atNs: [7e8], events: ['at 7'] })
})

test('another document’s lab, and one that never measured, begin with nothing', () => {
  pushSnapshot(snapshot(1))
  setAside('lab')
  forgetSource('lab')
  pushSnapshot(snapshot(1, { source: 'simulation' }))
  resumeSource('lab')
  expect(shown()).toEqual(NOTHING)
  setAside('lab')
  pushSnapshot(snapshot(1, { source: 'qemu' }))
  resumeSource('lab')
  expect(shown()).toEqual(NOTHING)
})

test('a lab that started again meanwhile begins again', () => {
  for (const revision of [5, 6]) pushSnapshot(snapshot(revision))
  setAside('lab')
  resumeSource('lab')
  pushSnapshot(snapshot(7, { nowNs: 0 }))
  expect(shown()).toEqual({ source: 'lab', atNs: [0], events: ['at 7'] })
})

test('a VM keeps its timeline while the lab has the board, and the lab keeps its own', () => {
  pushSnapshot(snapshot(1))
  setAside('lab')
  for (const revision of [2, 3]) pushSnapshot(snapshot(revision, { source: 'qemu' }))
  setAside('qemu')
  resumeSource('lab')
  expect(shown()).toEqual({ source: 'lab', atNs: [1e8], events: ['at 1'] })
  setAside('lab')
  resumeSource('qemu')
  pushSnapshot(snapshot(9, { source: 'qemu' }))
  expect(shown()).toEqual({ source: 'qemu', atNs: [2e8, 3e8, 9e8], events: ['at 2', 'at 3', 'at 9'] })
})

test('another VM begins with nothing', () => {
  pushSnapshot(snapshot(2, { source: 'qemu' }))
  setAside('qemu')
  forgetSource('qemu')
  resumeSource('qemu')
  expect(shown()).toEqual(NOTHING)
})
