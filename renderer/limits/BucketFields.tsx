import { useCallback } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { bucketLimits, burstKind } from '#shared/throttle/burst.ts'
import { burstSentence } from '#shared/throttle/burst-words.ts'
import { bucketUnit } from '#shared/throttle/counting.ts'
import { type Bucket, type Limits, lengthKey, limitOf, maxKey } from '#shared/throttle/limits.ts'
import type { Breach } from '#shared/throttle/rules.ts'
import type { Starvation } from '#shared/throttle/starvation.ts'
import { bucketName } from '#shared/throttle/words.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { Note } from '../ui/Note.tsx'
import { roundDecimal } from '../ui/slider-scale.ts'
import { BurstCurve } from './BurstCurve.tsx'
import { bucketTone } from './bucket-tone.ts'
import { LimitRow } from './LimitRow.tsx'
import type { LimitEditor } from './limit-editor.ts'
import { BURST_SCALES, LENGTH_SCALE, LIMIT_SCALES } from './limit-scales.ts'
import { groupDemand } from './member-loads.ts'
import { SentenceText } from './SentenceText.tsx'
import styles from './UnitSection.module.css'

interface Props {
  readonly group: string
  readonly bucket: Bucket
  readonly limits: Limits
  readonly editor: LimitEditor
  readonly breaches: readonly Breach[]
  readonly starvation: readonly Starvation[]
}

/** One bucket: its limit, its burst and how long that lasts, in fields, in a curve and in a sentence. */
export function BucketFields({ group, bucket, limits, editor, breaches, starvation }: Props) {
  const name = bucketName(bucket)
  const unit = bucketUnit(bucket)
  const row = { group, limits, editor, breaches }
  const warning = starvation.find(({ key }) => key === bucket)
  return (
    <>
      <LimitRow
        {...row}
        limitKey={bucket}
        name={`${name} limit`}
        label="Limit"
        tone={bucketTone(bucket)}
        scale={LIMIT_SCALES[unit]}
      />
      {warning && <Note tone="warn">{warning.message}</Note>}
      <LimitRow
        {...row}
        limitKey={maxKey(bucket)}
        name={`${name} burst`}
        label="Burst to"
        tone="burst"
        scale={BURST_SCALES[unit]}
      />
      <LimitRow
        {...row}
        limitKey={lengthKey(bucket)}
        name={`${name} burst length`}
        label="Burst length"
        tone="burst"
        scale={LENGTH_SCALE}
      />
      {breaches.length === 0 && limitOf(limits, bucket) > 0 && (
        <BurstStory group={group} bucket={bucket} limits={limits} />
      )}
    </>
  )
}

function BurstStory({ group, bucket, limits }: Pick<Props, 'group' | 'bucket' | 'limits'>) {
  const units = useUi((ui) => ui.settings.units)
  const unit = bucketUnit(bucket)
  const isTotal = bucket.endsWith('total')
  // Of one direction alone the demand is not known: a device tells that of both.
  const select = useCallback(
    (snapshot: Snapshot | null) => (isTotal ? roundDecimal(groupDemand(group, unit, snapshot)) : Infinity),
    [group, unit, isTotal],
  )
  const demand = useSnapshot(select)
  const story = bucketLimits(limits, bucket)
  const told = Number.isFinite(demand) && demand > 0 ? demand : Infinity
  const sentence = <SentenceText sentence={burstSentence(story, { unit, demand: told, bytes: units })} />
  if (burstKind(story) === 'steady') return <p className={styles.aside}>{sentence}</p>
  return (
    <>
      <BurstCurve group={group} bucket={bucket} unit={unit} limits={story} demand={told} />
      <Note>{sentence}</Note>
    </>
  )
}
