import type { ReactNode } from 'react'
import styles from './VisuallyHidden.module.css'

/** For screen readers only. `live` announces changes of its content. */
export function VisuallyHidden({ children, live }: { readonly children?: ReactNode; readonly live?: boolean }) {
  return live ? (
    <span className={styles.hidden} role="status" aria-live="polite">
      {children}
    </span>
  ) : (
    <span className={styles.hidden}>{children}</span>
  )
}
