import { useRef } from 'react'
import type { GroupSnapshot } from '#shared/snapshot.ts'
import { BUCKETS } from '#shared/throttle/limits.ts'
import { formatDurationNs } from '#shared/units.ts'
import { usePaint } from '../store/paint.ts'
import styles from './LaneHead.module.css'
import { writeText } from './metric.ts'

/** On a live VM, in place of ring, timer and queue, which QEMU does not tell: what the estimated levels say is coming. */
export function LiveNote({ group }: { readonly group: string }) {
  const text = useRef<HTMLSpanElement>(null)
  usePaint((snapshot) => {
    const measured = snapshot?.groups[group]
    writeText(text.current, measured ? forecast(measured) : '')
  })
  return (
    <p className={styles.note}>
      <span className={styles.estimated} title="QEMU tells no bucket level; Weir reckons it from the counters.">
        estimated
      </span>{' '}
      <span ref={text} className={styles.forecast} />
    </p>
  )
}

function forecast(group: GroupSnapshot): string {
  const levels = BUCKETS.flatMap((bucket) => group.buckets[bucket] ?? [])
  if (levels.length === 0) return 'No limit is in force.'
  if (levels.some((level) => level.level >= level.size)) return 'Throttling now.'
  const throttleIn = levels.map((level) => level.throttleInNs ?? Number.POSITIVE_INFINITY)
  const soonestNs = Math.min(...throttleIn)
  if (Number.isFinite(soonestNs)) return `Throttles in ${formatDurationNs(soonestNs)} if this goes on.`
  const refillNs = Math.max(...levels.map((level) => level.refillInNs ?? 0))
  return refillNs > 0 ? `Not throttling. Fresh again after ${formatDurationNs(refillNs)} of rest.` : 'Not throttling.'
}
