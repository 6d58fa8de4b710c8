import { GIB, KIB, MIB } from '#shared/units.ts'
import {
  binaryStops,
  decimalStops,
  logScale,
  powers,
  roundBinary,
  roundDecimal,
  type SliderScale,
} from '../ui/slider-scale.ts'

// The tracks of the limits. A limit and its burst share one, so that one thumb to the right of the other is the larger
// one: only 0 stands elsewhere, as "unlimited" at the end of a limit, as "none" at the start of a burst. Values beyond
// a track can be typed.

const IOPS = { min: 10, max: 1_000_000 }
const BPS = { min: 64 * KIB, max: 16 * GIB }
const LENGTH = { min: 1, max: 3600 }
const SIZE = { min: 512, max: 16 * MIB }

const iops = {
  ...IOPS,
  stops: decimalStops(IOPS.min, IOPS.max),
  largeEvery: 10,
  round: roundDecimal,
  ticks: powers(10, IOPS.min, IOPS.max),
}
const bps = {
  ...BPS,
  stops: binaryStops(BPS.min, BPS.max),
  largeEvery: 8,
  round: roundBinary,
  ticks: powers(16, BPS.min, BPS.max),
}

export const LIMIT_SCALES: Readonly<Record<'iops' | 'bps', SliderScale>> = {
  iops: logScale({ ...iops, zero: 'end' }),
  bps: logScale({ ...bps, zero: 'end' }),
}

export const BURST_SCALES: Readonly<Record<'iops' | 'bps', SliderScale>> = {
  iops: logScale({ ...iops, zero: 'start' }),
  bps: logScale({ ...bps, zero: 'start' }),
}

export const LENGTH_SCALE: SliderScale = logScale({
  ...LENGTH,
  stops: [1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1200, 1800, 3600],
  largeEvery: 4,
  round: roundDecimal,
  ticks: [1, 10, 60, 600, 3600],
})

export const SIZE_SCALE: SliderScale = logScale({
  ...SIZE,
  zero: 'start',
  stops: powers(2, SIZE.min, SIZE.max),
  largeEvery: 3,
  round: (value) => 2 ** Math.round(Math.log2(value)),
  ticks: [4 * KIB, 64 * KIB, MIB, 16 * MIB],
})
