import { type BucketLook, type GroupLook, PAST_LIMIT } from '#shared/host-look.ts'
import { percent } from '#shared/host-rows.ts'
import { bucketName, formatLimit } from '#shared/throttle/words.ts'
import { type ByteUnits, formatBps, formatIops } from '#shared/units.ts'
import styles from './HostPanel.module.css'
import { levelShare } from './vm-reason.ts'

/** A throttle group of a VM: the use of each limit, and how full its bucket is. */
export function VmGroup({ group, units }: { readonly group: GroupLook; readonly units: ByteUnits }) {
  return (
    <section className={styles.group} aria-label={`Throttle group ${group.name}`}>
      <h2 title={group.name}>{group.name}</h2>
      <p className={styles.sub}>{group.disks.length === 0 ? 'no disks' : group.disks.join(', ')}</p>
      {group.limits === null && <p className={styles.sub}>QEMU does not report its limits.</p>}
      {group.limits !== null && group.buckets.length === 0 && <p className={styles.sub}>No limit is set.</p>}
      {group.buckets.map((bucket) => (
        <Bucket key={bucket.bucket} bucket={bucket} units={units} />
      ))}
      {group.throttledShare !== null && (
        <p className={styles.sub}>throttled ≈ {percent(group.throttledShare)} of the last second</p>
      )}
    </section>
  )
}

function Bucket({ bucket, units }: { readonly bucket: BucketLook; readonly units: ByteUnits }) {
  const level = levelShare(bucket)
  return (
    <>
      <p className={styles.bucket} data-held={bucket.atLimit === true || undefined}>
        <span>{bucketName(bucket.bucket)}</span>
        <Bar share={bucket.share} kind="rate" />
        <span className="num">{bucketWords(bucket, units)}</span>
      </p>
      {level !== null && (
        <p className={styles.bucket} title="Estimated: QEMU does not report the levels of its buckets">
          <span>Bucket</span>
          <Bar share={level} kind="level" />
          <span className="num">≈ {percent(level)} full</span>
        </p>
      )}
    </>
  )
}

function Bar({ share, kind }: { readonly share: number | null; readonly kind: 'rate' | 'level' }) {
  const scale = Math.min(1, share ?? 0)
  return (
    <span className={styles.bar} data-kind={kind} data-over={(share ?? 0) > PAST_LIMIT || undefined} aria-hidden="true">
      <i style={{ transform: `scaleX(${scale})` }} />
    </span>
  )
}

function bucketWords({ bucket, rate, avg }: BucketLook, units: ByteUnits): string {
  const shown = rate === null ? '–' : bucket.startsWith('bps') ? formatBps(rate, units) : formatIops(rate)
  return `${shown} / ${formatLimit(bucket, avg, units)}`
}
