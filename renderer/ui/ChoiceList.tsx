import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { type ReactNode, useId } from 'react'
import styles from './ChoiceList.module.css'

export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  /** At the end of the line; part of what is read out. */
  readonly badge?: ReactNode
}

export interface ChoiceSection<T extends string> {
  readonly title: string
  readonly choices: readonly Choice<T>[]
}

interface Props<T extends string> {
  readonly label: string
  readonly value: T
  readonly sections: readonly ChoiceSection<T>[]
  readonly onChange: (value: T) => void
}

/** One of many, all in sight, under headings. The arrow keys choose. */
export function ChoiceList<T extends string>({ label, value, sections, onChange }: Props<T>) {
  return (
    <RadioGroup
      className={styles.list}
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as T)} // the values are those of `sections`
    >
      {sections.map((section) => (
        <Section key={section.title} section={section} />
      ))}
    </RadioGroup>
  )
}

function Section<T extends string>({ section }: { readonly section: ChoiceSection<T> }) {
  const id = useId()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a part of this list
    <div role="group" aria-labelledby={id} className={styles.section}>
      <h3 id={id} className={styles.title}>
        {section.title}
      </h3>
      {section.choices.map((choice) => (
        <Radio.Root key={choice.value} value={choice.value} className={styles.choice}>
          <span className={styles.label}>{choice.label}</span>
          {choice.badge}
        </Radio.Root>
      ))}
    </div>
  )
}
