import styles from './Keys.module.css'

/** A shortcut as keys: `Ctrl K`. No part of the name of the control it stands in. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className={styles.keys} aria-hidden="true">
      {keys}
    </span>
  )
}
