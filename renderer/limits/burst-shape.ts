import { type BucketLimits, burstDurationS, burstPhases } from '#shared/throttle/burst.ts'

// The burst as a curve of rate over time, in the coordinates of an SVG.

export const SHAPE_WIDTH = 340
export const SHAPE_HEIGHT = 88
const TOP = 18
const BOTTOM = 72
/** The end of the burst stands here, so that the fall is in sight whatever the scale. */
const FALL_X = 150

export interface BurstShape {
  readonly path: string
  /** Height of the burst's and the limit's rate. */
  readonly burstY: number
  readonly limitY: number
  /** End of the burst; null: at full demand it is a spike that takes no time. */
  readonly fallX: number | null
  readonly durationS: number
  readonly baseY: number
}

/** null: there is no burst to draw. */
export function burstShape(bucket: BucketLimits, demand: number): BurstShape | null {
  if (bucket.avg === 0 || bucket.max <= bucket.avg) return null
  const isEnforced = bucket.lengthS > 1
  const durationS = burstDurationS(bucket, isEnforced ? Infinity : demand)
  const peak = isEnforced || demand === Infinity || demand <= bucket.avg ? bucket.max : demand
  const y = (rate: number) => BOTTOM - (Math.min(rate, peak) / peak) * (BOTTOM - TOP)
  const limitY = y(bucket.avg)
  if (durationS === 0 || durationS === Infinity) {
    // Served at once, as fast as the disk can: a spike of no known width.
    const path = `M0 ${TOP}H14V${limitY}H${SHAPE_WIDTH}`
    return { path, burstY: TOP, limitY, fallX: null, durationS, baseY: BOTTOM }
  }
  const x = (seconds: number) => (seconds / durationS) * FALL_X
  const phases = burstPhases(bucket, isEnforced ? Infinity : demand)
  const path = phases.map(({ rate, toS }, index) => {
    const endX = toS === Infinity ? SHAPE_WIDTH : x(toS)
    return `${index === 0 ? 'M0 ' : 'V'}${y(rate)}H${endX}`
  })
  return {
    path: path.join(''),
    burstY: y(peak),
    limitY,
    fallX: FALL_X,
    durationS,
    baseY: BOTTOM,
  }
}

/** Where the level of the bucket stands along the curve: all used at the fall. */
export function usedX(shape: BurstShape, used: number): number {
  return Math.min(1, Math.max(0, used)) * (shape.fallX ?? 14)
}
