import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import type { ReactNode } from 'react'
import styles from './Segmented.module.css'

export interface Segment<T extends string> {
  readonly value: T
  readonly label: string
  readonly icon?: ReactNode
  readonly disabled?: boolean
}

interface Props<T extends string> {
  readonly label: string
  /** null: none of them, as when several things that differ are edited together. */
  readonly value: T | null
  readonly segments: readonly Segment<T>[]
  readonly onChange: (value: T) => void
  readonly disabled?: boolean
  readonly size?: 's' | 'm'
}

/** One of a few, all in sight: a radio group that looks like a switch. */
export function Segmented<T extends string>({ label, value, segments, onChange, disabled, size = 'm' }: Props<T>) {
  return (
    <RadioGroup
      className={styles.group}
      aria-label={label}
      value={value ?? ''}
      disabled={disabled ?? false}
      data-size={size}
      onValueChange={(next) => onChange(next as T)} // the values are those of `segments`
    >
      {segments.map((segment) => (
        <Radio.Root
          key={segment.value}
          value={segment.value}
          className={styles.segment}
          disabled={segment.disabled ?? false}
        >
          {segment.icon}
          {segment.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
