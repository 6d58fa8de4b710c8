import { type ByteUnits, formatBps, formatClock, formatDurationNs, formatIops, NS_PER_S } from '#shared/units.ts'

// Axes that stay calm: their ends are round numbers, so that they move rarely, and their ticks are few.

export type ValueKind = 'iops' | 'bps' | 'ns' | 'count' | 'share'

/** The smallest round number that is not below `value`; binary multiples for bandwidth in MiB. */
export function roundUp(value: number, kind: ValueKind, bytes: ByteUnits): number {
  if (!(value > 0)) return kind === 'bps' ? 1024 : 1
  const unit = kind === 'bps' && bytes === 'binary' ? 1024 ** Math.floor(Math.log2(value) / 10) : 1
  const scaled = value / unit
  const decade = 10 ** Math.floor(Math.log10(scaled))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each * decade >= scaled * 0.999_999) ?? 10
  return step * decade * unit
}

/** Where the values are marked: quarters, thirds or fifths, whichever is rounder, without 0. */
export function valueTicks(top: number, kind: ValueKind): readonly number[] {
  if (kind === 'share') return [0.25, 0.5, 0.75, 1].concat(top > 1 ? [top] : [])
  const lead = Number((top / 10 ** Math.floor(Math.log10(top))).toPrecision(4))
  const parts = lead === 1.5 || lead === 3 || lead === 6 ? 3 : lead === 5 ? 5 : 4
  return Array.from({ length: parts }, (_none, index) => (top * (index + 1)) / parts)
}

export function formatValue(value: number, kind: ValueKind, bytes: ByteUnits): string {
  switch (kind) {
    case 'iops':
      return formatIops(value)
    case 'bps':
      return formatBps(value, bytes)
    case 'ns':
      return formatDurationNs(value)
    case 'count':
      return formatIops(value)
    case 'share':
      return `${Math.round(value * 100)} %`
  }
}

const TIME_STEPS_S = [0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400]

/** Round moments between `fromS` and `toS`, about as many as fit; none before the start. */
export function timeTicks(fromS: number, toS: number, most: number): readonly number[] {
  const step = TIME_STEPS_S.find((each) => (toS - fromS) / each <= most) ?? 7 * 86_400
  const ticks: number[] = []
  for (let tick = Math.ceil(Math.max(0, fromS) / step) * step; tick <= toS + 1e-9; tick += step) ticks.push(tick)
  return ticks
}

/** `01:42`; tenths below a second's step. */
export function formatMoment(seconds: number): string {
  const clock = formatClock(Math.max(0, seconds) * NS_PER_S)
  const tenths = Math.round((seconds % 1) * 10)
  return Number.isInteger(seconds) || tenths === 0 ? clock : `${clock}.${tenths % 10}`
}
