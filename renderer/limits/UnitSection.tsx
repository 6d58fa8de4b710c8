import { memo, useMemo, useState } from 'react'
import {
  type AppliesTo,
  appliesTo,
  bucketOf,
  joinSplit,
  type LimitUnit,
  splitTotal,
} from '#shared/throttle/limit-edits.ts'
import { LIMIT_KEYS, type Limits } from '#shared/throttle/limits.ts'
import type { Breach } from '#shared/throttle/rules.ts'
import type { Starvation } from '#shared/throttle/starvation.ts'
import { membersOf } from '#shared/workspace/workspace.ts'
import { latestSnapshot } from '../store/telemetry.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { type Segment, Segmented } from '../ui/Segmented.tsx'
import { BucketFields } from './BucketFields.tsx'
import type { LimitEditor } from './limit-editor.ts'
import { readShareOf } from './member-loads.ts'
import { isSameWith } from './same-limits.ts'
import styles from './UnitSection.module.css'

interface Props {
  readonly group: string
  readonly unit: LimitUnit
  /** `IOPS`, `Bandwidth`. */
  readonly title: string
  readonly limits: Limits
  readonly editor: LimitEditor
  readonly breaches: readonly Breach[]
  readonly starvation: readonly Starvation[]
}

const SEGMENTS: readonly Segment<AppliesTo>[] = [
  { value: 'total', label: 'Total' },
  { value: 'split', label: 'Read and write' },
]

/** All limits of one unit. Total and read/write exclude each other by what is shown at all. */
export const UnitSection = memo(function UnitSection(props: Props) {
  const { group, unit, title, limits, editor } = props
  const [shown, setShown] = useShownSide(limits, unit)
  const sides = useMemo(() => {
    const turn = (next: AppliesTo) => {
      const members = membersOf(currentWorkspace(), group)
      setShown(next)
      editor.change(`${title} ${next === 'split' ? 'for read and write' : 'in total'}`, (current) =>
        next === 'split'
          ? splitTotal(current, unit, readShareOf(group, members, unit, latestSnapshot()))
          : joinSplit(current, unit),
      )
    }
    return <Segmented label={`${title} applies to`} value={shown} segments={SEGMENTS} onChange={turn} size="s" />
  }, [group, unit, title, shown, setShown, editor])
  const fields = { group, limits, editor, breaches: props.breaches, starvation: props.starvation }
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.head}>
        <h2>{title}</h2>
        {sides}
      </div>
      {shown === 'total' ? (
        <BucketFields {...fields} bucket={bucketOf(unit, 'total')} />
      ) : (
        (['read', 'write'] as const).map((direction) => (
          <div key={direction} className={styles.direction} data-direction={direction}>
            <h3>{direction === 'read' ? 'Read' : 'Write'}</h3>
            <BucketFields {...fields} bucket={bucketOf(unit, direction)} />
          </div>
        ))
      )}
    </section>
  )
}, isSameSection)

function isSameSection(a: Props, b: Props): boolean {
  return isSameWith(
    a,
    b,
    LIMIT_KEYS.filter((key) => key !== 'iops-size' && key.startsWith(b.unit)),
  )
}

/** What is in use decides; where nothing is, what was shown last stays, so that a limit dragged to "unlimited" keeps its place. */
function useShownSide(limits: Limits, unit: LimitUnit): readonly [AppliesTo, (next: AppliesTo) => void] {
  const used = appliesTo(limits, unit)
  const [shown, setShown] = useState<AppliesTo>(used ?? 'total')
  if (used !== null && used !== shown) setShown(used)
  return [used ?? shown, setShown]
}
