import { beforeEach, expect, test } from 'vitest'
import type { Snapshot, SourceEvent } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { useEvents, withEvents } from './events.ts'
import { pushSnapshot, resetTelemetry, showSnapshot } from './telemetry.ts'

function event(atS: number, part: Partial<SourceEvent> = {}): SourceEvent {
  return { atNs: atS * NS_PER_S, kind: 'limits', text: `at ${atS}`, group: 'gold', device: null, ...part }
}

function snapshot(revision: number, events: readonly SourceEvent[], part: Partial<Snapshot> = {}): Snapshot {
  const nowNs = revision * 0.1 * NS_PER_S
  return {
    source: 'lab',
    revision,
    appliedRevision: 0,
    state: 'running',
    nowNs,
    groups: {},
    devices: {},
    events,
    ...part,
  }
}

const texts = () => useEvents.getState().events.map(({ text }) => text)

beforeEach(() => resetTelemetry())

test('the steps of one drag stand as one event with the last text', () => {
  const [only, ...rest] = withEvents([], [event(1), event(1.1), event(2), event(3.4)])
  expect(rest).toEqual([])
  expect(only).toMatchObject({ text: 'at 3.4', count: 4, firstNs: NS_PER_S, atNs: 3.4 * NS_PER_S })
})

test('another group, another kind and a pause start a new event', () => {
  const all = withEvents([], [event(1), event(1.1, { group: 'bulk' }), event(1.2, { kind: 'moved' }), event(4)])
  expect(all.map(({ count }) => count)).toEqual([1, 1, 1, 1])
})

test('two moves are two events however close', () => {
  expect(withEvents([], [event(1, { kind: 'moved' }), event(1.1, { kind: 'moved' })])).toHaveLength(2)
})

test('a snapshot shown again tells nothing new', () => {
  pushSnapshot(snapshot(1, [event(0.1, { text: 'a' })]))
  pushSnapshot(snapshot(2, [event(0.2, { text: 'b', kind: 'moved' })]))
  showSnapshot(snapshot(1, [event(0.1, { text: 'a' })]))
  showSnapshot(snapshot(2, [event(0.2, { text: 'b', kind: 'moved' })]))
  expect(texts()).toEqual(['a', 'b'])
})

test('a source that starts again has a list of its own', () => {
  pushSnapshot(snapshot(5, [event(0.5, { text: 'old' })]))
  pushSnapshot(snapshot(6, [event(0, { text: 'new' })], { nowNs: 0 }))
  expect(texts()).toEqual(['new'])
})

test('another document has no events yet', () => {
  pushSnapshot(snapshot(7, [event(0.7)]))
  resetTelemetry()
  expect(texts()).toEqual([])
})
