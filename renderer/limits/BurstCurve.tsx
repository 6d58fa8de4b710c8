import { useRef } from 'react'
import type { BucketLimits } from '#shared/throttle/burst.ts'
import type { LimitUnit } from '#shared/throttle/limit-edits.ts'
import type { Bucket } from '#shared/throttle/limits.ts'
import { formatBps, formatDurationNs, formatIops, NS_PER_S } from '#shared/units.ts'
import { usePaint } from '../store/paint.ts'
import { useUi } from '../store/ui.ts'
import styles from './BurstCurve.module.css'
import { burstShape, SHAPE_HEIGHT, SHAPE_WIDTH, usedX } from './burst-shape.ts'

interface Props {
  readonly group: string
  readonly bucket: Bucket
  readonly unit: LimitUnit
  readonly limits: BucketLimits
  readonly demand: number
}

/** The burst as rate over time; a mark runs along it as the bucket fills and back as it empties. */
export function BurstCurve({ group, bucket, unit, limits, demand }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const mark = useRef<SVGGElement>(null)
  const used = useRef<SVGTextElement>(null)
  const shape = burstShape(limits, demand)
  usePaint((snapshot) => {
    const level = snapshot?.groups[group]?.buckets[bucket]
    if (!mark.current || !used.current || !shape) return
    const share = level && level.size > 0 ? Math.min(1, level.level / level.size) : 0
    mark.current.style.visibility = level ? 'visible' : 'hidden'
    mark.current.style.transform = `translateX(${usedX(shape, share)}px)`
    const isEstimated = snapshot?.groups[group]?.estimated === true
    used.current.textContent = level ? `${isEstimated ? '≈ ' : ''}${Math.round(share * 100)} % used` : ''
  })
  if (!shape) return null
  const rate = (value: number) => (unit === 'iops' ? formatIops(value) : formatBps(value, units))
  const { fallX, baseY } = shape
  return (
    <svg className={styles.curve} viewBox={`0 0 ${SHAPE_WIDTH} ${SHAPE_HEIGHT}`} aria-hidden="true">
      <path className={styles.area} d={`${shape.path}V${baseY}H0Z`} />
      <path className={styles.axis} d={`M0 ${baseY}H${SHAPE_WIDTH}`} />
      <path className={styles.limit} d={`M0 ${shape.limitY}H${SHAPE_WIDTH}`} />
      <path className={styles.rate} d={shape.path} />
      <text className={styles.text} x={fallX === null ? 22 : 4} y={shape.burstY - 6}>
        {fallX === null
          ? 'at the disk’s speed'
          : rate(Math.max(limits.max, demand === Infinity || limits.lengthS > 1 ? 0 : demand))}
      </text>
      <text className={styles.text} x={SHAPE_WIDTH - 4} y={shape.limitY - 6} textAnchor="end">
        {rate(limits.avg)}
      </text>
      {fallX !== null && (
        <text className={styles.text} x={fallX} y={SHAPE_HEIGHT - 3} textAnchor="middle">
          {formatDurationNs(shape.durationS * NS_PER_S)}
        </text>
      )}
      <g ref={mark} className={styles.mark}>
        <path d={`M0 ${shape.burstY - 3}V${baseY}`} />
        <circle r="3" cy={baseY} />
      </g>
      <text ref={used} className={styles.text} x={SHAPE_WIDTH - 4} y={SHAPE_HEIGHT - 3} textAnchor="end" />
    </svg>
  )
}
