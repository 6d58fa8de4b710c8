import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { type FrontierPicture, limitsHolding, type RateAndBucket, settableBucket } from '#shared/frontier.ts'
import { bucketLimits } from '#shared/throttle/burst.ts'
import { burstSentence, plainSentence } from '#shared/throttle/burst-words.ts'
import { formatBps, formatIops } from '#shared/units.ts'
import { propose, stageProposed } from '../bridge/choose.ts'
import { useChoose } from '../store/choose.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { Note } from '../ui/Note.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './ChoosePanel.module.css'
import { FactsTable } from './FactsTable.tsx'
import { ProposedFields } from './ProposedFields.tsx'

/** What the proposed limits are, what they do to this load, and the way onto the board. */
export function ChoosePanel() {
  const picture = useChoose((state) => state.picture)
  const proposed = useChoose((state) => state.proposed)
  const source = useChoose((state) => state.source)
  const name = source === null ? 'Choose' : source.kind === 'group' ? source.group : source.fileName
  return (
    <aside className={styles.panel} aria-label="Proposed limits">
      <header>
        <h1>{name}</h1>
        <p className={styles.sub}>Proposed limits · drag the point or type</p>
      </header>
      {picture === null || proposed === null ? (
        <Note>Choose whose load to look at.</Note>
      ) : (
        <Proposal picture={picture} proposed={proposed} />
      )}
    </aside>
  )
}

interface Props {
  readonly picture: FrontierPicture
  readonly proposed: RateAndBucket
}

function Proposal({ picture, proposed }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const { rate, bucket } = proposed
  const unit = picture.bucket.startsWith('bps') ? 'bps' : 'iops'
  const limits = bucketLimits(limitsHolding(picture.bucket, rate, bucket), picture.bucket)
  const peak = Math.max(0, ...picture.overTime.values)
  return (
    <>
      <ProposedFields
        unit={unit}
        proposed={proposed}
        onRate={(next) =>
          propose({ rate: next, bucket: bucket <= rate / 10 ? next / 10 : settableBucket(next, bucket) })
        }
        onBurst={(next) => propose({ rate, bucket: next === 0 ? rate / 10 : Math.max(rate, next) })}
      />
      <Note>
        {plainSentence(
          burstSentence(limits, { unit, demand: peak > rate ? peak : Number.POSITIVE_INFINITY, bytes: units }),
        )}
      </Note>
      <FactsTable picture={picture} limits={limits} peak={peak} />
      {picture.closedLoops.length > 0 && (
        <Note tone="warn">
          {picture.closedLoops.join(', ')} {picture.closedLoops.length === 1 ? 'takes' : 'take'} what{' '}
          {picture.closedLoops.length === 1 ? 'it gets' : 'they get'}: demand is hidden, and in the hatched part
          requests may wait after all.
        </Note>
      )}
      {picture.limited !== null && (
        <Note tone="warn">
          {picture.limited.devices.join(', ')} {picture.limited.devices.length === 1 ? 'was' : 'were'} at a limit while
          recorded: from {unit === 'bps' ? formatBps(picture.limited.fromRate) : formatIops(picture.limited.fromRate)}{' '}
          on, this says what was given and not what is wanted.
        </Note>
      )}
      {picture.most !== null && (
        <Note tone="warn">
          Counted in intervals: the figures hold if requests came evenly within each. However they came, the line of no
          wait lies in the hatched part.
        </Note>
      )}
      <Stage />
    </>
  )
}

function Stage() {
  const source = useChoose((state) => state.source)
  const selected = useUi((ui) => ui.selectedGroup)
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const groups = useWorkspace(useShallow((state) => Object.keys(state.workspace.groups)))
  const [picked, setPicked] = useState<string | null>(null)
  const fallback = picked ?? selected ?? groups[0] ?? null
  const target = source?.kind === 'group' ? source.group : fallback
  const isThere = target !== null && groups.includes(target)
  return (
    <div className={styles.actions}>
      {source?.kind === 'recording' && (
        <Select
          label="Group to stage to"
          value={isThere ? target : null}
          placeholder="No group yet"
          options={groups.map((group) => ({ value: group, label: group }))}
          onChange={setPicked}
        />
      )}
      <Button variant="primary" disabled={!isThere} onClick={() => target !== null && stageProposed(target)}>
        Stage these limits
      </Button>
      <p className={styles.sub}>
        {isThere
          ? `They become the limits of ${target}${isLive ? ', and go to the VM when you press Apply' : ''}.`
          : 'Make a throttle group on the board first.'}
      </p>
    </div>
  )
}
