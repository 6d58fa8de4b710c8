import type { Snapshot } from '#shared/snapshot.ts'
import { BUCKETS, type Bucket, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { deviceColumn, groupColumn } from '../store/columns.ts'
import { levelColumn } from '../store/level-history.ts'
import { deviceGroupAt, deviceSeries, groupSeries, levelSeries } from '../store/telemetry.ts'
import type { ValueKind } from '../ui/axis.ts'
import type { LineMetric } from './timeline-view.ts'

// Which lines a chart has, and which column of which series each is drawn from.

/** A colour by its role, that of a group by its place among the lanes, or of a level by its place in a chain. */
export type Tone = 'read' | 'write' | 'burst' | 'limit' | 'demand' | 'p50' | 'p99' | `${'group' | 'level'}-${number}`

export interface TimelineSeries {
  /** Stable for as long as it means the same. */
  readonly key: string
  readonly label: string
  readonly tone: Tone
  /** area: filled, stacked on the one before where `stacked`; step: changes at once, as limits do. */
  readonly shape: 'area' | 'line' | 'step'
  readonly stacked?: boolean
  readonly dash?: string
  /** On the axis in % at the right. */
  readonly onShare?: boolean
  readonly combine: 'mean' | 'last' | 'max'
  /** NaN: not measured. */
  readonly value: (sample: number) => number
  /** Left out of min, avg, p95 and max. */
  readonly isBound?: boolean
}

export interface TimelineLines {
  readonly kind: ValueKind
  readonly series: readonly TimelineSeries[]
}

type Column = (sample: number) => number
type Unit = 'iops' | 'bps'

const NONE: Column = () => Number.NaN

export function linesOfGroup(name: string, metric: LineMetric, snapshot: Snapshot | null): TimelineLines {
  const series = groupSeries(name)
  const column = (key: Parameters<typeof groupColumn>[0]): Column => {
    const index = groupColumn(key)
    return series ? (sample) => series.value(index, sample) : NONE
  }
  const limits = snapshot?.groups[name]?.limits ?? {}
  const isEstimated = snapshot?.groups[name]?.estimated ?? false
  switch (metric) {
    case 'iops':
    case 'bandwidth': {
      const unit: Unit = metric === 'iops' ? 'iops' : 'bps'
      const isSplit = limitOf(limits, `${unit}-read`) !== 0 || limitOf(limits, `${unit}-write`) !== 0
      return {
        kind: unit,
        series: [
          ...flowSeries(column(`read-${unit}`), column(`write-${unit}`), !isSplit),
          ...(unit === 'iops' && limitOf(limits, 'iops-size') !== 0 ? [countedSeries(column('counted-iops'))] : []),
          ...boundSeries(unit, column),
          ...levelSeriesOf(unit, column, isEstimated),
        ],
      }
    }
    case 'wait':
    case 'wait-levels':
      return { kind: 'ns', series: waitSeries(column('wait-p50-ns'), column('wait-p99-ns')) }
    case 'queue':
      return { kind: 'count', series: [queueSeries(column('queued'))] }
    case 'level':
      return { kind: 'share', series: allLevels(column, limits, isEstimated) }
  }
}

/** `level`: of a device with several, the group whose limits and bucket are drawn. */
export function linesOfDevice(
  id: string,
  metric: LineMetric,
  snapshot: Snapshot | null,
  level: string | null = null,
): TimelineLines {
  const series = deviceSeries(id)
  const column = (key: Parameters<typeof deviceColumn>[0]): Column => {
    const index = deviceColumn(key)
    return series ? (sample) => series.value(index, sample) : NONE
  }
  const group = level ?? snapshot?.devices[id]?.group ?? null
  const bounds = (unit: Unit) => (level === null ? groupBounds(id, unit) : levelBounds(level, unit, snapshot))
  switch (metric) {
    case 'iops':
      return {
        kind: 'iops',
        series: [
          ...flowSeries(column('read-iops'), column('write-iops'), true),
          { ...line('demand', 'demand', 'demand', column('demand-iops')), dash: '2 3', isBound: true },
          ...bounds('iops'),
        ],
      }
    case 'bandwidth':
      return {
        kind: 'bps',
        series: [...flowSeries(column('read-bps'), column('write-bps'), true), ...bounds('bps')],
      }
    case 'wait':
      return { kind: 'ns', series: waitSeries(column('wait-p50-ns'), column('wait-p99-ns')) }
    case 'wait-levels':
      return { kind: 'ns', series: levelWaits(id, snapshot) }
    case 'queue':
      return { kind: 'count', series: [queueSeries(column('queued'))] }
    case 'level':
      return group === null ? { kind: 'share', series: [] } : linesOfGroup(group, 'level', snapshot)
  }
}

/** One line per group, in the colour of its lane. */
export function linesOfGroups(names: readonly string[], metric: LineMetric): TimelineLines {
  const kinds: Readonly<Record<typeof metric, ValueKind>> = {
    iops: 'iops',
    bandwidth: 'bps',
    wait: 'ns',
    'wait-levels': 'ns',
    queue: 'count',
    level: 'share',
  }
  return {
    kind: kinds[metric],
    series: names.map((name, index) => ({
      ...line(`group ${name}`, name, `group-${index % 8}`, groupTotal(name, metric)),
      combine: metric === 'iops' || metric === 'bandwidth' ? 'mean' : 'max',
    })),
  }
}

function groupTotal(name: string, metric: LineMetric): Column {
  const series = groupSeries(name)
  if (!series) return NONE
  const at = (key: Parameters<typeof groupColumn>[0]) => groupColumn(key)
  const sum =
    (a: number, b: number): Column =>
    (sample) =>
      series.value(a, sample) + series.value(b, sample)
  switch (metric) {
    case 'iops':
      return sum(at('read-iops'), at('write-iops'))
    case 'bandwidth':
      return sum(at('read-bps'), at('write-bps'))
    case 'wait':
    case 'wait-levels':
      return (sample) => series.value(at('wait-p99-ns'), sample)
    case 'queue':
      return (sample) => series.value(at('queued'), sample)
    case 'level': {
      const columns = BUCKETS.map((bucket) => at(`fill:${bucket}`))
      return (sample) => fullest(columns.map((column) => series.value(column, sample)))
    }
  }
}

function fullest(fills: readonly number[]): number {
  return fills.reduce((most, fill) => (fill <= most || Number.isNaN(fill) ? most : fill), Number.NaN)
}

function line(key: string, label: string, tone: Tone, value: Column): TimelineSeries {
  return { key, label, tone, shape: 'line', combine: 'mean', value }
}

/** Reads below, writes on them, so that their sum stands against a total limit; side by side where each has its own. */
function flowSeries(read: Column, write: Column, stacked: boolean): readonly TimelineSeries[] {
  return [
    { ...line('read', 'read', 'read', read), shape: 'area', stacked },
    // Beside the reads the writes are told apart by more than colour; on them, by their place.
    { ...line('write', 'write', 'write', write), shape: 'area', stacked, ...(stacked ? {} : { dash: '7 2' }) },
  ]
}

/** Where large requests count as several, this is what stands against the limit. */
function countedSeries(counted: Column): TimelineSeries {
  return { ...line('counted', 'counted', 'demand', counted), dash: '1 3' }
}

function waitSeries(p50: Column, p99: Column): readonly TimelineSeries[] {
  return [
    { ...line('p99', 'p99', 'p99', p99), combine: 'max' },
    { ...line('p50', 'p50', 'p50', p50), combine: 'mean' },
  ]
}

function queueSeries(queued: Column): TimelineSeries {
  return { ...line('queued', 'waiting', 'read', queued), shape: 'area', combine: 'max' }
}

type GroupColumnOf = (key: Parameters<typeof groupColumn>[0]) => Column

/** The fullest bucket of this unit. */
function levelSeriesOf(unit: Unit, column: GroupColumnOf, isEstimated: boolean): readonly TimelineSeries[] {
  const fills = bucketsOf(unit).map((bucket) => column(`fill:${bucket}`))
  const label = isEstimated ? 'bucket level (estimated)' : 'bucket level'
  const value: Column = (sample) => fullest(fills.map((fill) => fill(sample)))
  return [{ ...line('level', label, 'burst', value), combine: 'max', onShare: true }]
}

function allLevels(column: GroupColumnOf, limits: Limits, isEstimated: boolean): readonly TimelineSeries[] {
  const limited = BUCKETS.filter((bucket) => limitOf(limits, bucket) !== 0)
  return limited.flatMap((bucket, index) => {
    const tone: Tone = `group-${index % 8}`
    const label = isEstimated ? `${bucket} (estimated)` : bucket
    return [
      { ...line(`fill:${bucket}`, label, tone, column(`fill:${bucket}`)), combine: 'max' },
      {
        ...line(`burst:${bucket}`, `${bucket} burst`, tone, column(`burst-fill:${bucket}`)),
        combine: 'max',
        dash: '4 3',
      },
    ] satisfies readonly TimelineSeries[]
  })
}

/** The mean wait of a request at each level, guest's side below, so that the upper edge is the whole. */
function levelWaits(id: string, snapshot: Snapshot | null): readonly TimelineSeries[] {
  const groups = new Set(snapshot?.devices[id]?.levels?.map(({ group }) => group) ?? [])
  return [...groups].map((group, index) => {
    const series = levelSeries(id, group)
    const wait = levelColumn('wait-mean-ns')
    const value: Column = series ? (sample) => series.value(wait, sample) : NONE
    return { ...line(`level ${group}`, `waits at ${group}`, `level-${index}`, value), shape: 'area', stacked: true }
  })
}

/** Limits and bucket of one level. */
function levelBounds(group: string, unit: Unit, snapshot: Snapshot | null): readonly TimelineSeries[] {
  const series = groupSeries(group)
  const column: GroupColumnOf = (key) => {
    const index = groupColumn(key)
    return series ? (sample) => series.value(index, sample) : NONE
  }
  return [...boundSeries(unit, column), ...levelSeriesOf(unit, column, snapshot?.groups[group]?.estimated ?? false)]
}

/** Those of the group the device was in at each moment. */
function groupBounds(id: string, unit: Unit): readonly TimelineSeries[] {
  return boundSeries(unit, (key) => {
    const index = groupColumn(key)
    return (sample) => {
      const group = deviceGroupAt(id, sample)
      return (group === null ? null : groupSeries(group))?.value(index, sample) ?? Number.NaN
    }
  })
}

/** The limits in force as they were then, of total and of each direction; most of them are nowhere and draw nothing. */
function boundSeries(unit: Unit, column: GroupColumnOf): readonly TimelineSeries[] {
  return bucketsOf(unit).flatMap((bucket) => {
    const whose = bucket.endsWith('total') ? '' : `${bucket.endsWith('read') ? 'read' : 'write'} `
    const bound = (key: 'avg' | 'max', label: string, tone: Tone, dash: string): TimelineSeries => ({
      key: `${key}:${bucket}`,
      label: `${whose}${label}`,
      tone,
      shape: 'step',
      dash,
      combine: 'last',
      value: column(`${key}:${bucket}`),
      isBound: true,
    })
    return [bound('avg', 'limit', 'limit', '6 4'), bound('max', 'burst limit', 'burst', '2 4')]
  })
}

function bucketsOf(unit: Unit): readonly Bucket[] {
  return [`${unit}-total`, `${unit}-read`, `${unit}-write`]
}
