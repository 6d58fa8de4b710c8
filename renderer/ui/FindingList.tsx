import { Badge } from './Badge.tsx'
import styles from './FindingList.module.css'

export interface Finding {
  readonly kind: string
  readonly tone: 'plain' | 'warn' | 'danger'
  /** Where; '' is the whole. */
  readonly path: string
  readonly message: string
}

const SHOWN = 200

interface Props {
  readonly label: string
  readonly findings: readonly Finding[]
}

/** What was found wrong, lost or changed, one line each. */
export function FindingList({ label, findings }: Props) {
  const left = findings.length - SHOWN
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
    <section className={styles.scroll} aria-label={label} tabIndex={0}>
      <ul className={styles.list}>
        {findings.slice(0, SHOWN).map((finding, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a finding is its place in the report
          <li key={index} className={styles.item}>
            <Badge tone={finding.tone}>{finding.kind}</Badge>
            <span className={styles.text}>
              {finding.path !== '' && <code className={styles.path}>{finding.path}</code>}
              {finding.message}
            </span>
          </li>
        ))}
        {left > 0 && <li className={styles.more}>… {left} more</li>}
      </ul>
    </section>
  )
}
