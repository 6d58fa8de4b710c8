import type { ReactNode } from 'react'
import styles from './FieldRow.module.css'

interface Props {
  readonly label: string
  /** Smaller, after the label: a unit, a remark. */
  readonly hint?: string
  readonly children: ReactNode
  /** Below, over the whole width: what is wrong, what it means. */
  readonly below?: ReactNode
}

/** One line of a panel: its label, then one control over the rest, or a wide and a narrow one. */
export function FieldRow({ label, hint, children, below }: Props) {
  return (
    <div className={styles.row}>
      <span className={styles.label}>
        {label}
        {hint !== undefined && <small className={styles.hint}>{hint}</small>}
      </span>
      {children}
      {below !== undefined && below !== null && <div className={styles.below}>{below}</div>}
    </div>
  )
}
