import { useCallback } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { iopsSizeSentence, type RequestSizes } from '#shared/throttle/iops-size-words.ts'
import { type Limits, limitOf } from '#shared/throttle/limits.ts'
import type { Breach } from '#shared/throttle/rules.ts'
import type { Device } from '#shared/workspace/workspace.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { Note } from '../ui/Note.tsx'
import { LimitRow } from './LimitRow.tsx'
import type { LimitEditor } from './limit-editor.ts'
import { SIZE_SCALE } from './limit-scales.ts'
import { declaredSizes, measuredSizes } from './member-loads.ts'
import { SentenceText } from './SentenceText.tsx'
import styles from './UnitSection.module.css'

interface Props {
  readonly group: string
  readonly limits: Limits
  readonly members: readonly Device[]
  readonly editor: LimitEditor
  readonly breaches: readonly Breach[]
}

export function IopsSizeSection({ group, limits, members, editor, breaches }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const loads = useLoads(members)
  const size = limitOf(limits, 'iops-size')
  const avg = limitOf(limits, 'iops-total') || Math.max(limitOf(limits, 'iops-read'), limitOf(limits, 'iops-write'))
  const effect = <SentenceText sentence={iopsSizeSentence(size, avg, loads, units)} />
  return (
    <section className={styles.section} aria-label="Count large requests as several">
      <h2>Count large requests as several</h2>
      <LimitRow
        group={group}
        limits={limits}
        limitKey="iops-size"
        name="IOPS size"
        label="IOPS size"
        tone="plain"
        scale={SIZE_SCALE}
        editor={editor}
        breaches={breaches}
      />
      {size === 0 ? <p className={styles.aside}>{effect}</p> : <Note>{effect}</Note>}
    </section>
  )
}

/** Sizes as the loads declare them; where they do not (a guest, a trace) as measured. */
function useLoads(members: readonly Device[]): readonly RequestSizes[] {
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const unknown = members.filter((device) => isLive || device.workload.kind === 'trace')
  const ids = unknown.map((device) => device.id).join('\n')
  const select = useCallback(
    (snapshot: Snapshot | null) =>
      JSON.stringify(ids === '' ? [] : ids.split('\n').map((id) => measuredSizes(id, snapshot))),
    [ids],
  )
  // As text, so that equal sizes are the same value and nothing renders again.
  const measured = JSON.parse(useSnapshot(select)) as (RequestSizes | null)[] // our own JSON
  const declared = members.filter((device) => !unknown.includes(device)).map(declaredSizes)
  return [...declared, ...measured].filter((sizes) => sizes !== null)
}
