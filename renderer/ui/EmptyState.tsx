import type { ReactNode } from 'react'
import styles from './EmptyState.module.css'

interface Props {
  readonly icon?: ReactNode
  readonly title: string
  /** What to do so that something stands here. */
  readonly children?: ReactNode
}

export function EmptyState({ icon, title, children }: Props) {
  return (
    <div className={styles.empty}>
      {icon}
      <p className={styles.title}>{title}</p>
      {children !== undefined && <div className={styles.text}>{children}</div>}
    </div>
  )
}
