import { BellRing, TriangleAlert } from 'lucide-react'
import styles from './Flag.module.css'

interface Props {
  readonly kind: 'issue' | 'staged' | 'alarm'
  /** Said in full by tooltip and screen reader. */
  readonly text: string
}

/** A small sign beside a name: something is wrong with it, it is an alarm now, or waits to be applied. */
export function Flag({ kind, text }: Props) {
  return (
    <span className={styles.flag} data-kind={kind} role="img" aria-label={text} title={text}>
      {kind === 'issue' ? <TriangleAlert /> : null}
      {kind === 'alarm' ? <BellRing /> : null}
    </span>
  )
}
