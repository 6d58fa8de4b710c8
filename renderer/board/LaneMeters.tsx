import { useRef } from 'react'
import { PAST_LIMIT } from '#shared/host-look.ts'
import type { BucketSnapshot, GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { BUCKETS, type Bucket, type Limits, lengthKey, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { bucketName } from '#shared/throttle/words.ts'
import type { ByteUnits } from '#shared/units.ts'
import { groupUse } from '../store/group-use.ts'
import { formatRate, toneOfUse, wordsOfUse } from '../store/limit-use.ts'
import { usePaint } from '../store/paint.ts'
import { shownFlows } from '../store/shown-rates.ts'
import { useUi } from '../store/ui.ts'
import { formatPercent, writeAttribute, writeMetric, writeShare, writeText } from '../ui/metric.ts'
import styles from './LaneMeters.module.css'

// One row per limit: use against limit; and one row per bucket that may burst: how much of the burst is used up. A thin
// line below says more of the same bucket: its level where there is no burst row, else the level of the burst bucket,
// which holds the burst rate itself where a burst lasts longer than a second.

/** Short, where the row's bars need the room. */
const LABELS: Readonly<Record<Bucket, string>> = {
  'iops-total': 'IOPS',
  'iops-read': 'Read',
  'iops-write': 'Write',
  'bps-total': 'BW',
  'bps-read': 'Read',
  'bps-write': 'Write',
}

/** As QEMU's users think of them: requests first, then bytes. */
const ORDER: readonly Bucket[] = [...BUCKETS.slice(3), ...BUCKETS.slice(0, 3)]

interface Props {
  readonly group: string
  readonly limits: Limits
}

export function LaneMeters({ group, limits }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const root = useRef<HTMLDivElement>(null)
  usePaint((snapshot) => paintMeters(root.current, snapshot, { group, units }))
  const averages = ORDER.filter((bucket) => limitOf(limits, bucket) !== 0)
  const bursts = ORDER.filter((bucket) => limitOf(limits, maxKey(bucket)) !== 0)
  return (
    <div ref={root} className={styles.meters}>
      {averages.map((bucket) => (
        <Row
          key={bucket}
          kind="use"
          bucket={bucket}
          label={LABELS[bucket]}
          name={`${bucketName(bucket)} in use`}
          line={bursts.includes(bucket) ? null : 'bucket-level'}
          limits={limits}
        />
      ))}
      {bursts.map((bucket) => (
        <Row
          key={`${bucket} burst`}
          kind="burst"
          bucket={bucket}
          label={bursts.length === 1 ? 'Burst' : `Burst ${LABELS[bucket].slice(0, 1)}`}
          name={`${bucketName(bucket)} burst used`}
          line={limitOf(limits, lengthKey(bucket)) > 1 ? 'burst-level' : null}
          limits={limits}
        />
      ))}
    </div>
  )
}

interface RowProps {
  readonly kind: 'use' | 'burst'
  readonly bucket: Bucket
  readonly label: string
  readonly name: string
  readonly line: 'bucket-level' | 'burst-level' | null
  readonly limits: Limits
}

function Row({ kind, bucket, label, name, line, limits }: RowProps) {
  const digits = formatRate(bucket, limitOf(limits, bucket), 'binary').length
  return (
    <div
      className={styles.row}
      data-kind={kind}
      data-bucket={bucket}
      data-tone={kind === 'burst' ? 'burst' : toneOfUse(bucket)}
    >
      <span className={styles.label} title={name}>
        {label}
      </span>
      <span className={styles.bars} aria-hidden="true">
        <span className={styles.track}>
          <i data-part="fill" data-metric={kind === 'burst' ? 'bucket-level' : undefined} />
        </span>
        {line !== null && (
          <span className={styles.level}>
            <i data-part="line" data-metric={line} />
          </span>
        )}
      </span>
      <span
        className={`num ${styles.value}`}
        data-part="value"
        style={{ minWidth: `${kind === 'burst' ? 10 : Math.min(15, digits * 2 + 3)}ch` }}
      />
    </div>
  )
}

interface MetersView {
  readonly group: string
  readonly units: ByteUnits
}

function paintMeters(root: HTMLElement | null, snapshot: Snapshot | null, view: MetersView): void {
  const measured = snapshot?.groups[view.group]
  for (const row of root?.children ?? []) {
    if (!(row instanceof HTMLElement)) continue
    const bucket = BUCKETS.find((each) => each === row.dataset.bucket)
    if (!bucket) continue
    if (!snapshot || !measured) paintNothing(row)
    else if (row.dataset.kind === 'burst') paintBurst(row, measured.buckets[bucket], measured.estimated)
    else paintUse(row, { snapshot, group: measured, bucket, view })
  }
}

function paintNothing(row: HTMLElement): void {
  writeShare(part(row, 'fill'), 0)
  writeLevel(part(row, 'line'), null, null)
  writeText(part(row, 'value'), '–')
}

interface Use {
  readonly snapshot: Snapshot
  readonly group: GroupSnapshot
  readonly bucket: Bucket
  readonly view: MetersView
}

function paintUse(row: HTMLElement, { snapshot, group, bucket, view }: Use): void {
  const limit = limitOf(group.limits, bucket)
  const use = groupUse(group, bucket, shownFlows(snapshot))
  const level = group.buckets[bucket]
  const share = limit === 0 ? 0 : use / limit
  writeAttribute(row, 'data-bursting', share > PAST_LIMIT ? 'true' : null)
  writeShare(part(row, 'fill'), share)
  writeLevel(part(row, 'line'), level?.level ?? null, level?.size ?? null)
  writeMetric(part(row, 'value'), use, wordsOfUse({ bucket, use, limit }, view.units))
}

function paintBurst(row: HTMLElement, level: BucketSnapshot | undefined, estimated: boolean): void {
  const share = level && level.size > 0 ? level.level / level.size : 0
  writeLevel(part(row, 'fill'), level?.level ?? null, level?.size ?? null)
  writeLevel(part(row, 'line'), level?.burstLevel ?? null, level?.burstSize ?? null)
  const text = level ? `${estimated ? '≈ ' : ''}${formatPercent(Math.min(1, share))} used` : '–'
  writeText(part(row, 'value'), text)
}

/** A bar that is a bucket's level; the units in it stand in `data-value` for tests and tools. */
function writeLevel(bar: HTMLElement | null, units: number | null, size: number | null): void {
  writeShare(bar, units !== null && size ? units / size : 0)
  writeAttribute(bar, 'data-value', units === null ? '' : String(units))
}

function part(row: HTMLElement, name: string): HTMLElement | null {
  return row.querySelector(`[data-part=${name}]`)
}
