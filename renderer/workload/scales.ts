import { GIB, MIB } from '#shared/units.ts'
import { MAX_IODEPTH } from '#shared/workspace/workspace.ts'
import { binaryStops, decimalStops, linearScale, logScale, powers, roundDecimal } from '../ui/slider-scale.ts'

const toPowerOfTwo = (value: number) => 2 ** Math.round(Math.log2(value))

export const BLOCK_SCALE = logScale({
  min: 512,
  max: 16 * MIB,
  stops: powers(2, 512, 16 * MIB),
  largeEvery: 3,
  round: toPowerOfTwo,
  ticks: [4096, 65_536, MIB],
})

export const DEPTH_SCALE = logScale({
  min: 1,
  max: MAX_IODEPTH,
  stops: [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024],
  largeEvery: 4,
  round: roundDecimal,
  ticks: [1, 4, 16, 64, 256, 1024],
})

/** Past the end: as fast as it can. */
export const RATE_SCALE = logScale({
  min: 1,
  max: 200_000,
  zero: 'end',
  stops: decimalStops(1, 200_000),
  largeEvery: 10,
  round: roundDecimal,
  ticks: powers(10, 1, 200_000),
})

/** Open loops have a rate, whatever it is. */
export const OPEN_RATE_SCALE = logScale({
  min: 1,
  max: 200_000,
  stops: decimalStops(1, 200_000),
  largeEvery: 10,
  round: roundDecimal,
  ticks: powers(10, 1, 200_000),
})

export const PERCENT_SCALE = linearScale({ min: 0, max: 100, step: 5, largeStep: 25 })

export const DISK_SCALE = logScale({
  min: MIB,
  max: 1024 * GIB,
  stops: binaryStops(MIB, 1024 * GIB),
  largeEvery: 8,
  round: toPowerOfTwo,
  ticks: [MIB, GIB, 1024 * GIB],
})
