import type { ReactNode } from 'react'
import styles from './Badge.module.css'

interface Props {
  readonly tone?: 'plain' | 'ok' | 'warn' | 'danger'
  readonly children: ReactNode
}

/** A word or two about the thing it stands beside. */
export function Badge({ tone = 'plain', children }: Props) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  )
}
