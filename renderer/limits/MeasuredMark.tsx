import { useRef } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { meanUnits } from '#shared/throttle/iops-size-words.ts'
import { type Bucket, limitOf } from '#shared/throttle/limits.ts'
import { usePaint } from '../store/paint.ts'
import type { SliderScale } from '../ui/slider-scale.ts'
import styles from './MeasuredMark.module.css'
import { measuredSizes } from './member-loads.ts'

interface Props {
  readonly group: string
  readonly bucket: Bucket
  readonly scale: SliderScale
}

/** Where the measured rate stands on the limit's own track. Ten times a second, so it is moved without React. */
export function MeasuredMark({ group, bucket, scale }: Props) {
  const mark = useRef<HTMLSpanElement>(null)
  usePaint((snapshot) => {
    const element = mark.current
    if (!element) return
    const rate = snapshot === null ? 0 : measuredRate(snapshot, group, bucket)
    element.hidden = rate <= 0
    if (rate > 0) element.style.left = `${scale.toPosition(rate) * 100}%`
    element.dataset.rate = rate.toFixed(1)
  })
  return <span ref={mark} className={styles.mark} hidden title="measured now" />
}

/** In the units the bucket counts in: where large requests count as several, so they do here. */
function measuredRate(snapshot: Snapshot, group: string, bucket: Bucket): number {
  const measured = snapshot.groups[group]
  if (!measured) return 0
  const directions = bucket.endsWith('total')
    ? (['read', 'write'] as const)
    : ([bucket.endsWith('read') ? 'read' : 'write'] as const)
  const column = bucket.startsWith('iops') ? 'iops' : 'bps'
  const size = column === 'iops' ? limitOf(measured.limits, 'iops-size') : 0
  if (size === 0) return directions.reduce((sum, direction) => sum + measured[direction][column], 0)
  return measured.members.reduce((sum, id) => {
    const device = snapshot.devices[id]
    const sizes = measuredSizes(id, snapshot)
    if (!device || !sizes) return sum
    return sum + directions.reduce((all, direction) => all + device[direction].iops, 0) * meanUnits(sizes, size)
  }, 0)
}
