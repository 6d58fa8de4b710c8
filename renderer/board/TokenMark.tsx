import type { Direction } from '#shared/throttle/limits.ts'
import styles from './TokenMark.module.css'

/** The sign of a direction's token: a blue dot for reads, an orange diamond for writes. */
export function TokenMark({ direction }: { readonly direction: Direction }) {
  return <span className={styles.mark} data-direction={direction} aria-hidden="true" />
}
