import { type FrontierChart, limitsHolding, pointOf, type RateAndBucket, settableBucket } from '#shared/frontier.ts'
import { alignedWords, hiddenWords } from '#shared/hidden-words.ts'
import { bucketLimits } from '#shared/throttle/burst.ts'
import { burstSentence, plainSentence } from '#shared/throttle/burst-words.ts'
import { bucketUnit, shortBurstUnits } from '#shared/throttle/counting.ts'
import { BUCKETS, type Bucket, limitOf } from '#shared/throttle/limits.ts'
import { propose } from '../bridge/choose.ts'
import { sourceName, useChoose } from '../store/choose.ts'
import { heldBy } from '../store/choose-target.ts'
import { announce, useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Note } from '../ui/Note.tsx'
import { PresetMenu } from '../ui/PresetMenu.tsx'
import styles from './ChoosePanel.module.css'
import { FactsTable } from './FactsTable.tsx'
import { MeasuredTable } from './MeasuredTable.tsx'
import { ProposedFields } from './ProposedFields.tsx'
import { RacePanel } from './RacePanel.tsx'
import { SplitPanel } from './SplitPanel.tsx'
import { StageButton } from './StageButton.tsx'
import { WhatIfPanel } from './WhatIfPanel.tsx'

/** What the proposed limits are, what they do to this load, and the way onto the board. */
export function ChoosePanel() {
  const chart = useChoose((state) => state.chart)
  const proposed = useChoose((state) => state.proposed)
  const source = useChoose((state) => state.source)
  const name = source === null ? 'Choose' : sourceName(source)
  return (
    <aside className={styles.panel} aria-label="Proposed limits">
      <header className={styles.head}>
        <h1>{name}</h1>
        {chart !== null && <ReadyMade chart={chart} />}
        <p className={styles.sub}>Proposed limits · drag the point or type</p>
      </header>
      {chart === null || proposed === null ? (
        <Note>Choose whose load to look at.</Note>
      ) : (
        <Proposal chart={chart} proposed={proposed} />
      )}
    </aside>
  )
}

/** What staging a limit of reads or of writes takes away. */
function ReplacedTotal({ bucket }: { readonly bucket: Bucket }) {
  const source = useChoose((state) => state.source)
  const today = useWorkspace(({ workspace }) => workspace.groups[heldBy(workspace, source) ?? ''])
  const [unit = '', direction] = bucket.split('-')
  const total = BUCKETS.find((each) => each === `${unit}-total`)
  if (direction === 'total' || total === undefined || limitOf(today ?? {}, total) === 0) return null
  const other = direction === 'read' ? 'write' : 'read'
  return (
    <Note tone="warn">
      QEMU takes no total beside reads or writes: staging this removes {total}, and {other}s are not limited until they
      have a limit of their own.
    </Note>
  )
}

/** Of ready-made limits, those that say something about the kind that is looked at. */
function ReadyMade({ chart: { bucket } }: { readonly chart: FrontierChart }) {
  const units = useUi((ui) => ui.settings.units)
  return (
    <PresetMenu
      units={units}
      isOffered={(limits) => bucketLimits(limits, bucket).avg > 0}
      onTake={({ title }, limits) => {
        propose(pointOf(bucketLimits(limits, bucket)))
        announce(`${title} is proposed.`)
      }}
    />
  )
}

interface Props {
  readonly chart: FrontierChart
  readonly proposed: RateAndBucket
}

function Proposal({ chart, proposed }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const { rate, bucket } = proposed
  // A recording has no groups to move between.
  const isOfCards = useChoose((state) => state.source?.kind !== 'recording')
  const unit = bucketUnit(chart.bucket)
  const limits = bucketLimits(limitsHolding(chart.bucket, proposed), chart.bucket)
  const peak = Math.max(0, ...chart.overTime.values)
  const apart = alignedWords(chart)
  return (
    <>
      <ProposedFields
        unit={unit}
        proposed={proposed}
        onRate={(next) =>
          propose({
            rate: next,
            bucket: bucket <= shortBurstUnits(rate) ? shortBurstUnits(next) : settableBucket(next, bucket),
          })
        }
        onBurst={(next) => propose({ rate, bucket: next === 0 ? shortBurstUnits(rate) : Math.max(rate, next) })}
        onLength={(lengthS) => propose({ rate, bucket, lengthS })}
      />
      <Note>
        {plainSentence(
          burstSentence(limits, { unit, demand: peak > rate ? peak : Number.POSITIVE_INFINITY, bytes: units }),
        )}
      </Note>
      <FactsTable chart={chart} limits={limits} peak={peak} />
      {apart !== '' && <Note tone="warn">{apart}</Note>}
      <MeasuredTable measured={chart.measured} />
      {hiddenWords(chart).map((words) => (
        <Note key={words} tone="warn">
          {words} In the hatched part the lines may lie higher.
        </Note>
      ))}
      {chart.most !== null && (
        <Note tone="warn">
          Counted in intervals: the figures hold if requests came evenly within each. However they came, the line of no
          wait lies in the hatched part.
        </Note>
      )}
      <ReplacedTotal bucket={chart.bucket} />
      <StageButton />
      <RacePanel />
      <SplitPanel chart={chart} />
      {isOfCards && <WhatIfPanel />}
    </>
  )
}
