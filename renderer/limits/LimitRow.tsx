import { memo, useCallback, useId } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { withLimit } from '#shared/throttle/limit-edits.ts'
import { isBucket, type LimitKey, type Limits, limitOf } from '#shared/throttle/limits.ts'
import type { Breach } from '#shared/throttle/rules.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { FieldRow } from '../ui/FieldRow.tsx'
import { Note } from '../ui/Note.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Slider } from '../ui/Slider.tsx'
import type { SliderScale } from '../ui/slider-scale.ts'
import { BreachNote } from './BreachNote.tsx'
import styles from './LimitRow.module.css'
import type { LimitEditor } from './limit-editor.ts'
import { likelyMeant, limitText, limitWordsOf, parseLimit } from './limit-text.ts'
import { MeasuredMark } from './MeasuredMark.tsx'
import { isSameWith } from './same-limits.ts'

interface Props {
  readonly group: string
  readonly limits: Limits
  readonly limitKey: LimitKey
  /** Its accessible name: `Read IOPS limit`. */
  readonly name: string
  /** What stands before it: `Limit`. */
  readonly label: string
  readonly tone: 'read' | 'write' | 'burst' | 'plain'
  readonly scale: SliderScale
  readonly editor: LimitEditor
  readonly breaches: readonly Breach[]
}

/** One limit: slider, text field, and below them what QEMU says against it and what is in force meanwhile. */
export const LimitRow = memo(function LimitRow(props: Props) {
  const { group, limits, limitKey, name, scale, editor } = props
  const units = useUi((ui) => ui.settings.units)
  const noteId = useId()
  const value = limitOf(limits, limitKey)
  const change = (next: number) => editor.change(name, (current) => withLimit(current, limitKey, next))
  const breach = props.breaches.find(({ keys }) => keys[0] === limitKey)
  const about = breach ? { describedBy: noteId } : {}
  return (
    <FieldRow
      label={props.label}
      below={
        <>
          <MeantNote limitKey={limitKey} name={name} value={value} onMend={change} />
          <InForce group={group} limitKey={limitKey} desired={value} refused={props.breaches.length > 0} />
          {breach && (
            <BreachNote id={noteId} breach={breach} limits={limits} onMend={(mend) => editor.change(name, mend)} />
          )}
        </>
      }
    >
      <Slider
        label={name}
        value={value}
        scale={scale}
        valueText={limitWordsOf(limitKey, value, units)}
        tone={props.tone}
        invalid={breach !== undefined}
        mark={isBucket(limitKey) && <MeasuredMark group={group} bucket={limitKey} scale={scale} />}
        onChange={change}
        onGesture={(phase) => editor.gesture(name, phase)}
        {...about}
      />
      <NumberField
        label={`${name} value`}
        value={value}
        format={(shown) => limitText(limitKey, shown, units)}
        parse={(text) => parseLimit(limitKey, text)}
        step={(current, towards) => scale.step(current, towards, 'small')}
        invalid={breach !== undefined}
        onCommit={change}
        {...about}
      />
    </FieldRow>
  )
}, isSameRow)

function isSameRow(a: Props, b: Props): boolean {
  return isSameWith(a, b, [b.limitKey])
}

interface MeantProps {
  readonly limitKey: LimitKey
  readonly name: string
  readonly value: number
  readonly onMend: (value: number) => void
}

/** The bare number that QEMU takes for bytes: it is in force as it stands, and what was meant is one press away. */
function MeantNote({ limitKey, name, value, onMend }: MeantProps) {
  const units = useUi((ui) => ui.settings.units)
  const meant = likelyMeant(limitKey, value, units)
  if (meant === null) return null
  const words = limitWordsOf(limitKey, meant, units)
  const mend = (
    <Button size="s" aria-label={`${name}: ${words}`} onClick={() => onMend(meant)}>
      {words}
    </Button>
  )
  return (
    <Note actions={mend}>
      Without its unit a number is bytes: <b>{limitWordsOf(limitKey, value, units)}</b>. Did you mean {words}?
    </Note>
  )
}

interface InForceProps {
  readonly group: string
  readonly limitKey: LimitKey
  readonly desired: number
  readonly refused: boolean
}

/** What holds until the desired limit does: on a live VM until it is applied, elsewhere while it is refused. */
function InForce({ group, limitKey, desired, refused }: InForceProps) {
  const isStaged = useUi((ui) => ui.mode === 'qemu')
  const units = useUi((ui) => ui.settings.units)
  const select = useCallback(
    (snapshot: Snapshot | null) => {
      const limits = snapshot?.groups[group]?.limits
      return limits ? limitOf(limits, limitKey) : null
    },
    [group, limitKey],
  )
  const inForce = useSnapshot(select)
  if (inForce === null || inForce === desired || !(isStaged || refused)) return null
  return (
    <p className={styles.inForce}>
      in force <b>{limitWordsOf(limitKey, inForce, units)}</b>
    </p>
  )
}
