import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import styles from './Note.module.css'

interface Props {
  readonly tone?: 'info' | 'warn' | 'danger'
  readonly id?: string
  readonly children: ReactNode
  /** Buttons that mend it. */
  readonly actions?: ReactNode
}

/** A sentence or two that belong to what stands above. */
export function Note({ tone = 'info', id, children, actions }: Props) {
  return (
    <div className={styles.note} data-tone={tone} id={id}>
      {tone === 'warn' && <TriangleAlert aria-label="Warning" />}
      {tone === 'danger' && <CircleAlert aria-label="Error" />}
      <div className={styles.text}>
        {children}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  )
}
