import { type ComponentProps, useId } from 'react'
import styles from './TextField.module.css'

interface Props extends Omit<ComponentProps<'input'>, 'className' | 'type' | 'onChange' | 'value'> {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Why the text cannot be taken; stands below. */
  readonly problem?: string | null
}

/** One line of text. Its label is for assistive technology; show one beside it where it needs one. */
export function TextField({ label, value, onChange, problem = null, ...rest }: Props) {
  const problemId = useId()
  return (
    <span className={styles.root}>
      <input
        {...rest}
        className={styles.input}
        type="text"
        autoComplete="off"
        spellCheck={false}
        aria-label={label}
        aria-invalid={problem !== null || undefined}
        aria-describedby={problem === null ? undefined : problemId}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {problem !== null && (
        <span id={problemId} className={styles.problem} role="alert">
          {problem}
        </span>
      )}
    </span>
  )
}
