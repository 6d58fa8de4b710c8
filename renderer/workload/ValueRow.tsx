import type { ReactNode } from 'react'
import { FieldRow } from '../ui/FieldRow.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Slider } from '../ui/Slider.tsx'
import type { GesturePhase } from '../ui/slider-reports.ts'
import type { SliderScale } from '../ui/slider-scale.ts'
import type { FieldText } from './field-text.ts'

interface Props {
  readonly label: string
  /** null: the devices differ. */
  readonly value: number | null
  /** Where the thumb stands when they do. */
  readonly first: number
  readonly scale: SliderScale
  readonly text: FieldText
  readonly onChange: (value: number) => void
  readonly onGesture: (phase: GesturePhase) => void
  readonly below?: ReactNode
}

/** Slider and text field of one number. */
export function ValueRow({ label, value, first, scale, text, onChange, onGesture, below }: Props) {
  const { value: number, unit } = text.format(value ?? first)
  return (
    <FieldRow label={label} below={below}>
      <Slider
        label={label}
        value={value ?? first}
        scale={scale}
        valueText={value === null ? 'mixed' : [number, unit].join(' ').trim()}
        tone={value === null ? 'plain' : 'read'}
        onChange={onChange}
        onGesture={onGesture}
      />
      <NumberField
        label={`${label} value`}
        value={value}
        format={text.format}
        parse={text.parse}
        step={(current, towards) => scale.step(current, towards, 'small')}
        onCommit={onChange}
      />
    </FieldRow>
  )
}
