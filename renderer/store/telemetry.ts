import { useCallback, useSyncExternalStore } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import type { Direction } from '#shared/throttle/limits.ts'
import { DEVICE_COLUMNS, deviceColumn, GROUP_COLUMNS, readDeviceSample, readGroupSample } from './columns.ts'
import { chunkBudget, LIVE_HISTORY_SAMPLES } from './history-size.ts'
import { LevelHistory } from './level-history.ts'
import { RateWindow } from './rate-window.ts'
import { CHUNK_SAMPLES, Series } from './series.ts'
import { WaitHeat } from './wait-heat.ts'

// What was measured: the latest snapshot and 10 minutes of history, of a live VM a day. Ten snapshots a second must not go through React:
// nothing here is React state. Who draws numbers or charts asks `schedulePaint` (paint.ts) to be called back; who needs
// a value that rarely changes (a ring's members, the run state) uses `useSnapshot` with a narrow selector.
//
//   pushSnapshot ──▶ latest, history (typed arrays) ──▶ listeners ──▶ paint.ts ──▶ text nodes, canvases

const TIMES = 8192
const LIVE_TIMES = LIVE_HISTORY_SAMPLES + 2 * CHUNK_SAMPLES
/** A lane or card that is away for so many samples loses its history; until then Undo finds it again. */
const KEEP_SAMPLES = 300

interface Kept {
  readonly series: Series
  readonly heat: WaitHeat
  /** Of a device that is or was held at several levels. */
  levels?: LevelHistory
  absent: number
}

type RateWindows = Readonly<Record<Direction, RateWindow>>

let latest: Snapshot | null = null
let sampleCount = 0
let times = new Float64Array(TIMES)
let groups = new Map<string, Kept>()
let devices = new Map<string, Kept>()
let rates = new Map<string, RateWindows>()
/** A group by its number, which stays the same when it is renamed. */
let groupNames: string[] = []
/** Instead of the name of a group whose name another one has now: no group is called so. */
const GONE = ''
const listeners = new Set<(snapshot: Snapshot | null) => void>()

const GROUP = deviceColumn('group')
const groupSample = new Float32Array(GROUP_COLUMNS.length)
const deviceSample = new Float32Array(DEVICE_COLUMNS.length)

export function pushSnapshot(snapshot: Snapshot): void {
  const restarted = latest !== null && (snapshot.source !== latest.source || snapshot.nowNs < latest.nowNs)
  if (restarted) clearHistory()
  // While the lab's time stands still nothing is measured: its rates are 0 by definition, and what is shown stays.
  const isFrozen = snapshot.source === 'lab' && snapshot.state === 'paused'
  const isNewSample = !isFrozen && (latest === null || restarted || snapshot.nowNs > latest.nowNs)
  const isAgain = latest !== null && !isNewSample && snapshot.revision === latest.revision
  latest = snapshot
  // Told twice, as when another source gave the board back: its groups have their new names already.
  if (!isAgain) followRenames(snapshot)
  // A paused source repeats its time: the snapshot may change (a moved card), the history does not go on.
  if (isNewSample) recordSample(snapshot)
  for (const listener of listeners) listener(snapshot)
}

/** Shows an earlier snapshot of the same source; the history stays whole. Prediction's scrubber goes through time so. */
export function showSnapshot(snapshot: Snapshot): void {
  latest = snapshot
  for (const listener of listeners) listener(snapshot)
}

/** Another document or source: nothing measured yet. */
export function resetTelemetry(): void {
  latest = null
  clearHistory()
  for (const listener of listeners) listener(null)
}

/** All that was measured of one source. */
export interface Recording {
  readonly latest: Snapshot
  readonly sampleCount: number
  readonly times: Float64Array<ArrayBuffer>
  readonly groups: Map<string, Kept>
  readonly devices: Map<string, Kept>
  readonly rates: Map<string, RateWindows>
  readonly groupNames: string[]
}

/** What stands here now, to be resumed after a reset; null: nothing. Until the reset it goes on changing. */
export function currentRecording(): Recording | null {
  return latest === null ? null : { latest, sampleCount, times, groups, devices, rates, groupNames }
}

/** Goes on where `recording` was left. */
export function resumeRecording(recording: Recording): void {
  ;({ latest, sampleCount, times, groups, devices, rates, groupNames } = recording)
  for (const listener of listeners) listener(latest)
}

export function latestSnapshot(): Snapshot | null {
  return latest
}

export function onSnapshot(listener: (snapshot: Snapshot | null) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Re-renders when the selected value changes (by identity), not per snapshot: select primitives or stable objects. */
export function useSnapshot<T>(select: (snapshot: Snapshot | null) => T): T {
  const read = useCallback(() => select(latest), [select])
  return useSyncExternalStore(onSnapshot, read)
}

/** The sample numbers from `first` up to, not including, `end`; equal: nothing held. */
export interface SampleRange {
  readonly first: number
  readonly end: number
}

/** One behind the newest sample. */
export function sampleEnd(): number {
  return sampleCount
}

/** Time of a sample on the source's clock, NaN when it is gone. */
export function sampleTimeNs(sample: number): number {
  if (sample < 0 || sample >= sampleCount || sample < sampleCount - times.length) return Number.NaN
  return times[sample % times.length] ?? Number.NaN
}

/** The samples taken from `fromNs` up to and including `toNs`. */
export function samplesBetween(fromNs: number, toNs: number): SampleRange {
  const oldest = Math.max(0, sampleCount - times.length)
  return { first: firstSampleAfter(fromNs, oldest, 'from'), end: firstSampleAfter(toNs, oldest, 'behind') }
}

export function groupSeries(name: string): Series | null {
  return groups.get(name)?.series ?? null
}

export function deviceSeries(id: string): Series | null {
  return devices.get(id)?.series ?? null
}

/** A device at one level of its chain: LEVEL_COLUMNS. */
export function levelSeries(id: string, group: string): Series | null {
  return devices.get(id)?.levels?.series(groupNames.indexOf(group)) ?? null
}

/** The group a device was in at a sample, by the name it has now; null: none, or nothing held. */
export function deviceGroupAt(id: string, sample: number): string | null {
  const number = devices.get(id)?.series.value(GROUP, sample) ?? Number.NaN
  const name = groupNames[number] ?? GONE // NaN: none
  return name === GONE ? null : name
}

/** Of the newest moment; see shown-rates.ts. */
export function deviceRates(id: string): RateWindows | null {
  return rates.get(id) ?? null
}

export function groupHeat(name: string): WaitHeat | null {
  return groups.get(name)?.heat ?? null
}

export function deviceHeat(id: string): WaitHeat | null {
  return devices.get(id)?.heat ?? null
}

function clearHistory(): void {
  sampleCount = 0
  times = new Float64Array(TIMES)
  groups = new Map()
  devices = new Map()
  rates = new Map()
  groupNames = []
}

/** Lanes and cards that were renamed go on with their history. */
function followRenames({ events }: Snapshot): void {
  for (const { kind, from, group, device } of events) {
    if (kind !== 'renamed' || from === undefined) continue
    if (group !== null) {
      rename(groups, from, group)
      // One that had the new name before is gone; its number must not be found by it.
      groupNames = groupNames.map((name) => (name === from ? group : name === group ? GONE : name))
    } else if (device !== null) {
      rename(devices, from, device)
      rename(rates, from, device)
    }
  }
}

function rename<T>(all: Map<string, T>, from: string, to: string): void {
  const kept = all.get(from)
  if (kept === undefined) return
  all.delete(from)
  all.set(to, kept)
}

function recordSample(snapshot: Snapshot): void {
  const maxChunks = chunkBudget(snapshot)
  const spanNs = snapshot.nowNs - (sampleCount === 0 ? 0 : sampleTimeNs(sampleCount - 1))
  if (sampleCount === 0) times = new Float64Array(snapshot.source === 'qemu' ? LIVE_TIMES : TIMES)
  times[sampleCount % times.length] = snapshot.nowNs
  for (const [name, group] of Object.entries(snapshot.groups)) {
    const kept = keep(groups, name, GROUP_COLUMNS.length)
    readGroupSample(snapshot, group, groupSample)
    kept.series.push(groupSample, maxChunks)
    for (const id of group.members) {
      const device = snapshot.devices[id]
      if (device) kept.heat.add(snapshot.nowNs, device.waitCounts)
    }
  }
  for (const [id, device] of Object.entries(snapshot.devices)) {
    const kept = keep(devices, id, DEVICE_COLUMNS.length)
    readDeviceSample(device, groupNumber(device.group), deviceSample)
    kept.series.push(deviceSample, maxChunks)
    kept.heat.add(snapshot.nowNs, device.waitCounts)
    if (device.levels !== undefined) {
      kept.levels ??= new LevelHistory()
      const at = { sample: sampleCount, keptFrom: sampleCount - KEEP_SAMPLES, maxChunks }
      kept.levels.add(device.levels, at, groupNumber)
    }
    const window = windowsOf(id)
    window.read.add(spanNs, device.read.iops, device.read.bps)
    window.write.add(spanNs, device.write.iops, device.write.bps)
  }
  sampleCount += 1
  if (rates.size > Object.keys(snapshot.devices).length) forgetRatesBut(snapshot)
  padAbsent(groups, groupSample, maxChunks)
  padAbsent(devices, deviceSample, maxChunks)
}

function keep(all: Map<string, Kept>, key: string, columns: number): Kept {
  const known = all.get(key)
  if (known) {
    known.absent = 0
    return known
  }
  const kept: Kept = { series: new Series(columns, sampleCount), heat: new WaitHeat(), absent: 0 }
  all.set(key, kept)
  return kept
}

function groupNumber(name: string | null): number {
  if (name === null) return Number.NaN
  const known = groupNames.indexOf(name)
  return known >= 0 ? known : groupNames.push(name) - 1
}

function windowsOf(id: string): RateWindows {
  const known = rates.get(id)
  if (known) return known
  const made = { read: new RateWindow(), write: new RateWindow() }
  rates.set(id, made)
  return made
}

function forgetRatesBut({ devices: present }: Snapshot): void {
  for (const id of rates.keys()) if (!Object.hasOwn(present, id)) rates.delete(id)
}

function padAbsent(all: Map<string, Kept>, sample: Float32Array, maxChunks: number): void {
  for (const [key, kept] of all) {
    if (kept.series.end === sampleCount) continue
    kept.absent += 1
    if (kept.absent > KEEP_SAMPLES) all.delete(key)
    else kept.series.push(sample.fill(Number.NaN), maxChunks)
  }
}

function firstSampleAfter(timeNs: number, oldest: number, edge: 'from' | 'behind'): number {
  let low = oldest
  let high = sampleCount
  while (low < high) {
    const middle = (low + high) >> 1
    const middleNs = sampleTimeNs(middle)
    if (edge === 'from' ? middleNs < timeNs : middleNs <= timeNs) low = middle + 1
    else high = middle
  }
  return low
}
