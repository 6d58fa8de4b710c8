import { useRef } from 'react'
import type { Bucket } from '#shared/throttle/limits.ts'
import { groupUse } from '../store/group-use.ts'
import { usePaint } from '../store/paint.ts'
import { shownFlows } from '../store/shown-rates.ts'
import type { SliderScale } from '../ui/slider-scale.ts'
import styles from './MeasuredMark.module.css'

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
    const measured = snapshot?.groups[group]
    const rate = snapshot && measured ? groupUse(measured, bucket, shownFlows(snapshot)) : 0
    element.hidden = rate <= 0
    if (rate > 0) element.style.left = `${scale.toPosition(rate) * 100}%`
    element.dataset.rate = rate.toFixed(1)
  })
  return <span ref={mark} className={styles.mark} hidden title="measured now" />
}
