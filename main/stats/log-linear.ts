// The bins of Weir's latency histograms: 32 equal bins per octave, so a value read back is off by at most 1.6 %.
//
//   bin    0 … 31 | 32 … 63 | 64 … 95 | 96 … 127 | …
//   value  0 … 31 | 32 … 63 | 64 … 126 | 128 … 252 | …     in 1/1024 µs (0.98 ns)
//
// The unit is 1/1024 µs, not 1 ns, so that whole octaves are powers of two of a microsecond: the rows of the heat map
// (`Snapshot.waitCounts`) are then plain sums of bins.

const SUB_BINS = 32
const SUB_BITS = 5
/** 2^46 / 1024 µs, about 19 hours: longer waits fall into the last bin; their maximum is kept exactly elsewhere. */
const TOP_OCTAVE = 45
export const BIN_COUNT = (TOP_OCTAVE - SUB_BITS + 2) * SUB_BINS

const UNITS_PER_NS = 1.024
const INT_LIMIT = 2 ** 31
const HIGH_SHIFT = 20
const HIGH_SCALE = 2 ** -HIGH_SHIFT
const HIGH_LIMIT = 2 ** 30

/** The bin of a duration. */
export function binOf(ns: number): number {
  const units = ns * UNITS_PER_NS
  if (units < INT_LIMIT) return units > 0 ? binOfInteger(units | 0) : 0
  const high = Math.min(units * HIGH_SCALE, HIGH_LIMIT) | 0
  return Math.min(binOfInteger(high) + HIGH_SHIFT * SUB_BINS, BIN_COUNT - 1)
}

/** Octave e ≥ 5 starts at bin (e − 4) · 32; below 32 units a bin is a unit. */
function binOfInteger(units: number): number {
  const octave = 31 - Math.clz32(units | (SUB_BINS - 1)) - SUB_BITS + 1
  return octave <= 0 ? units : (octave << SUB_BITS) + ((units >> (octave - 1)) & (SUB_BINS - 1))
}

/** The middle of a bin, in ns; 0 for the first. */
export function binMiddleNs(bin: number): number {
  if (bin === 0) return 0
  return (binLowUnits(bin) + binLowUnits(bin + 1)) / 2 / UNITS_PER_NS
}

function binLowUnits(bin: number): number {
  const octave = bin >> SUB_BITS
  if (octave === 0) return bin
  return (SUB_BINS + (bin & (SUB_BINS - 1))) * 2 ** (octave - 1)
}

/** Rows of the heat map: 0 is "less than 1 µs", row r ≥ 1 is 2^(r−1) … 2^r µs. */
export const ROW_COUNT = BIN_COUNT / SUB_BINS - 6 + 1

export function rowOfBin(bin: number): number {
  const octave = bin >> SUB_BITS
  return octave <= 5 ? 0 : octave - 5
}
