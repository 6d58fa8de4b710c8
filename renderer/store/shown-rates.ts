import type { Snapshot } from '#shared/snapshot.ts'
import type { Direction } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { type DeviceColumn, deviceColumn } from './columns.ts'
import type { FlowOf } from './group-use.ts'
import { LONGEST_NS, type Rates, RateWindow } from './rate-window.ts'
import { deviceRates, deviceSeries, sampleEnd, samplesBetween, sampleTimeNs } from './telemetry.ts'

// The rates that cards, lanes and meters show. They all take them here, device by device, so that the cards of a lane add
// up to the lane. While the lab is paused nothing new is measured, and they stand at what was measured before.

const NOTHING: Rates = { iops: 0, bps: 0 }

/** As of the snapshot's moment. */
export function shownFlows(snapshot: Snapshot): FlowOf {
  // The scrubber of a prediction goes back in time, where the windows of the newest moment are not true.
  const isNewest = !(snapshot.nowNs < sampleTimeNs(sampleEnd() - 1))
  return (id, direction) =>
    isNewest ? (deviceRates(id)?.[direction].rates ?? NOTHING) : pastRates(id, direction, snapshot.nowNs)
}

export function shownRates(flowOf: FlowOf, id: string): Rates {
  const read = flowOf(id, 'read')
  const write = flowOf(id, 'write')
  return { iops: read.iops + write.iops, bps: read.bps + write.bps }
}

function pastRates(id: string, direction: Direction, nowNs: number): Rates {
  const series = deviceSeries(id)
  if (!series) return NOTHING
  const [iops, bps] = [deviceColumn(`${direction}-iops`), deviceColumn(`${direction}-bps`)]
  const { first, end } = samplesBetween(nowNs - LONGEST_NS, nowNs)
  const window = new RateWindow()
  for (let sample = first; sample < end; sample += 1) {
    const spanNs = sampleTimeNs(sample) - (sample === 0 ? 0 : sampleTimeNs(sample - 1))
    window.add(spanNs, series.value(iops, sample), series.value(bps, sample))
  }
  return window.rates
}

/** Mean over the last second of what is a number; null: nothing is. */
export function shownMean(snapshot: Snapshot, id: string, column: DeviceColumn): number | null {
  const series = deviceSeries(id)
  const { first, end } = samplesBetween(snapshot.nowNs - NS_PER_S, snapshot.nowNs)
  const index = deviceColumn(column)
  let sum = 0
  let count = 0
  // A source that is looked at less than once a second has its last look.
  for (let sample = Math.min(first, end - 1); series && sample < end; sample += 1) {
    const value = series.value(index, sample)
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return count === 0 ? null : sum / count
}
