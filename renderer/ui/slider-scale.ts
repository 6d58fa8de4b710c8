// Where values stand on a slider's track. A position is 0…1 along it.
//
//   logScale, zero: 'end'      ├─────┬─────┬─────┬─────┤··●     0 ("unlimited") stands past the largest value,
//                              10   100   1k    10k  100k  0     a gap apart, so that it is not met by accident
//
// Dragging gives values of two significant digits (`round`); the arrow keys go from stop to stop.

export interface SliderScale {
  toPosition(value: number): number
  toValue(position: number): number
  /** The next stop above or below `value`; `large` goes by `largeEvery` stops at once. */
  step(value: number, towards: 'up' | 'down', stride: 'small' | 'large'): number
  /** Positions of faint marks on the track. */
  readonly ticks: readonly number[]
}

export interface LogScaleOptions {
  readonly min: number
  readonly max: number
  /** At which end of the track the value 0 stands; left out: 0 is no value of this slider. */
  readonly zero?: 'start' | 'end'
  /** Ascending, from `min` to `max`: what the arrow keys go through. */
  readonly stops: readonly number[]
  readonly largeEvery: number
  /** To the nearest value people would choose. */
  readonly round: (value: number) => number
  readonly ticks?: readonly number[]
}

const ZERO_GAP = 0.05

export function logScale(options: LogScaleOptions): SliderScale {
  const { min, max, zero, round } = options
  const from = zero === 'start' ? ZERO_GAP : 0
  const to = zero === 'end' ? 1 - ZERO_GAP : 1
  const decades = Math.log(max / min)
  const place = (value: number) => from + (to - from) * clamp(Math.log(Math.max(value, min) / min) / decades)
  const toPosition = (value: number) => {
    if (value > 0) return place(value)
    return zero === 'end' ? 1 : 0
  }
  return {
    toPosition,
    toValue: (position) => {
      if (zero === 'start' && position < from / 2) return 0
      if (zero === 'end' && position > (1 + to) / 2) return 0
      const along = clamp((position - from) / (to - from))
      return Math.min(max, Math.max(min, round(min * Math.exp(along * decades))))
    },
    step: (value, towards, stride) => stepAlong(orderedStops(options), value, towards, stride, options.largeEvery),
    ticks: (options.ticks ?? []).map(place),
  }
}

export interface LinearScaleOptions {
  readonly min: number
  readonly max: number
  readonly step: number
  readonly largeStep: number
}

export function linearScale({ min, max, step, largeStep }: LinearScaleOptions): SliderScale {
  return {
    toPosition: (value) => clamp((value - min) / (max - min)),
    toValue: (position) => Math.min(max, min + Math.round((clamp(position) * (max - min)) / step) * step),
    step: (value, towards, stride) => {
      const size = stride === 'large' ? largeStep : step
      return Math.min(max, Math.max(min, towards === 'up' ? value + size : value - size))
    },
    ticks: [],
  }
}

/** Two significant digits: 1 234 → 1 200. */
export function roundDecimal(value: number): number {
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1)
  return Math.round(value / digit) * digit
}

/** Two significant digits in the binary multiple people would name it by: 70 000 000 → 67 MiB, 3 000 000 → 2.9 MiB. */
export function roundBinary(value: number): number {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10))
  const count = value / unit
  const digit = count < 10 ? 0.1 : count < 100 ? 1 : 10
  return Math.round(Math.round(count / digit) * digit * unit)
}

/** 1, 1.2, 1.5, 2, … 8 in every decade from `min` to `max`. */
export function decimalStops(min: number, max: number): readonly number[] {
  const stops: number[] = []
  for (let decade = 10 ** Math.floor(Math.log10(min)); decade <= max; decade *= 10) {
    for (const factor of [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]) {
      const stop = Math.round(decade * factor)
      if (stop >= min && stop <= max && stop !== stops.at(-1)) stops.push(stop)
    }
  }
  return stops
}

/** Powers of two and what lies halfway: 1, 1.5, 2, 3, 4, 6, 8, … times `min`. */
export function binaryStops(min: number, max: number): readonly number[] {
  const stops: number[] = []
  for (let power = min; power <= max; power *= 2) {
    stops.push(power)
    if (power * 1.5 <= max) stops.push(power * 1.5)
  }
  return stops
}

/** Powers of `base` between `min` and `max`, for the track's marks. */
export function powers(base: number, min: number, max: number): readonly number[] {
  const marks: number[] = []
  for (let power = min; power <= max * 1.0001; power *= base) marks.push(power)
  return marks
}

function orderedStops({ stops, zero }: LogScaleOptions): readonly number[] {
  if (zero === undefined) return stops
  return zero === 'start' ? [0, ...stops] : [...stops, 0]
}

/** `stops` in the order of the track, 0 perhaps last: "unlimited" is more than any number. */
function stepAlong(
  stops: readonly number[],
  value: number,
  towards: 'up' | 'down',
  stride: 'small' | 'large',
  largeEvery: number,
): number {
  const rank = (stop: number) => (stop === 0 && stops[0] !== 0 ? Infinity : stop)
  const own = rank(value)
  const count = stride === 'large' ? largeEvery : 1
  const next =
    towards === 'up'
      ? stops.findIndex((stop) => rank(stop) > own) + (count - 1)
      : stops.findLastIndex((stop) => rank(stop) < own) - (count - 1)
  if (towards === 'up' && stops.every((stop) => rank(stop) <= own)) return value
  if (towards === 'down' && stops.every((stop) => rank(stop) >= own)) return value
  return stops[Math.min(stops.length - 1, Math.max(0, next))] ?? value
}

function clamp(position: number): number {
  return Math.min(1, Math.max(0, position))
}
