import type { DeviceResult, GroupResult, RunResult } from '#shared/result.ts'
import { type ByteUnits, formatBps, formatDurationNs, formatIops, formatShort } from '#shared/units.ts'

// The result of a run as a table, alone or beside another run. Every figure knows which way is better, so that a
// difference can be coloured without the table knowing what it shows.

export type FigureName = 'iops' | 'bps' | 'wait-p50-ns' | 'wait-p99-ns' | 'delayed' | 'throttled' | 'fairness'

interface FigureKind {
  readonly label: string
  readonly hint: string
  readonly better: 'more' | 'less'
  readonly format: (value: number, units: ByteUnits) => string
}

/** At most three digits: 100 %, 93.3 %, 0.42 %. */
const percent = (value: number) => `${formatShort(value * 100)}\u2009%`

export const FIGURES: Readonly<Record<FigureName, FigureKind>> = {
  iops: {
    label: 'IOPS',
    hint: 'Requests completed per second, reads and writes together',
    better: 'more',
    format: (value) => formatIops(value),
  },
  bps: {
    label: 'Bandwidth',
    hint: 'Bytes completed per second, reads and writes together',
    better: 'more',
    format: formatBps,
  },
  'wait-p50-ns': {
    label: 'Wait p50',
    hint: "Half of the requests waited in the throttle at most this long; for a device, its slower direction; for a group, all its members' requests",
    better: 'less',
    format: (value) => formatDurationNs(value),
  },
  'wait-p99-ns': {
    label: 'Wait p99',
    hint: "99 of 100 requests waited in the throttle at most this long; for a device, its slower direction; for a group, all its members' requests",
    better: 'less',
    format: (value) => formatDurationNs(value),
  },
  delayed: {
    label: 'Delayed',
    hint: 'Share of the requests that had to wait in the throttle',
    better: 'less',
    format: percent,
  },
  throttled: {
    label: 'Slowed',
    hint: 'Share of the time in which at least one request waited',
    better: 'less',
    format: percent,
  },
  fairness: {
    label: 'Fairness',
    hint: "Jain's index over the members' rates: 100 % is perfectly even",
    better: 'more',
    format: percent,
  },
}

export const DEVICE_FIGURES: readonly FigureName[] = [
  'iops',
  'bps',
  'wait-p50-ns',
  'wait-p99-ns',
  'delayed',
  'throttled',
]
export const GROUP_FIGURES: readonly FigureName[] = ['iops', 'bps', 'wait-p50-ns', 'wait-p99-ns', 'fairness']

export interface Figure {
  readonly value: number
  /** Of the run it is compared with; null: none, or not in it. */
  readonly before: number | null
}

export interface ResultRow {
  readonly id: string
  /** Group of a device; null: not throttled. Devices only. */
  readonly group: string | null
  readonly figures: Readonly<Partial<Record<FigureName, Figure>>>
  /** Why the device stopped early. */
  readonly failed: string | null
}

export function deviceRows(result: RunResult, against: RunResult | null): readonly ResultRow[] {
  return Object.entries(result.devices).map(([id, device]) => {
    const before = against?.devices[id]
    return {
      id,
      group: device.group,
      failed: device.failed ?? null,
      figures: pair(deviceFigures(device, result.durationS), before && deviceFigures(before, against.durationS)),
    }
  })
}

export function groupRows(result: RunResult, against: RunResult | null): readonly ResultRow[] {
  return Object.entries(result.groups).map(([id, group]) => {
    const before = against?.groups[id]
    return { id, group: null, failed: null, figures: pair(groupFigures(group), before && groupFigures(before)) }
  })
}

export type Tone = 'better' | 'worse' | 'same'

/** `+12 %`, `×3.4`, `−41 %`; null where there is nothing to compare. */
export function difference(
  name: FigureName,
  figure: Figure,
): { readonly text: string; readonly tone: Tone; readonly words: string } | null {
  const { value, before } = figure
  if (before === null) return null
  if (Math.abs(value - before) <= 0.005 * Math.max(Math.abs(value), Math.abs(before))) {
    return { text: '=', tone: 'same', words: 'unchanged' }
  }
  const tone = value > before === (FIGURES[name].better === 'more') ? 'better' : 'worse'
  return { text: ratioText(value, before), tone, words: tone }
}

function ratioText(value: number, before: number): string {
  if (before === 0) return 'from 0'
  const ratio = value / before
  if (ratio >= 3) return `×${ratio >= 100 ? Math.round(ratio) : ratio.toFixed(1)}`
  const change = Math.round((ratio - 1) * 100)
  if (change === 0) return ratio > 1 ? '+<1\u2009%' : '−<1\u2009%'
  return `${change > 0 ? '+' : '−'}${Math.abs(change)}\u2009%`
}

type Values = Readonly<Partial<Record<FigureName, number>>>

function pair(values: Values, before: Values | undefined): ResultRow['figures'] {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, before: before?.[name as FigureName] ?? null }]), // keys of Values
  )
}

function deviceFigures(device: DeviceResult, durationS: number): Values {
  const requests = device.read.requests + device.write.requests
  const slower = (percentile: 'p50' | 'p99') =>
    Math.max(device.read.waitNs[percentile], device.write.waitNs[percentile])
  return {
    iops: device.read.iops + device.write.iops,
    bps: device.read.bps + device.write.bps,
    'wait-p50-ns': slower('p50'),
    'wait-p99-ns': slower('p99'),
    delayed: requests === 0 ? 0 : Math.min(1, (device.read.delayed + device.write.delayed) / requests),
    throttled: durationS === 0 ? 0 : Math.min(1, device.throttledS / durationS),
  }
}

function groupFigures({ iops, bps, waitNs, members, fairness }: GroupResult): Values {
  return {
    iops,
    bps,
    ...(waitNs === undefined ? {} : { 'wait-p50-ns': waitNs.p50, 'wait-p99-ns': waitNs.p99 }),
    ...(members.length > 1 ? { fairness } : {}),
  }
}
