import { Meter as Base } from '@base-ui/react/meter'
import styles from './Meter.module.css'

interface Props {
  readonly label: string
  readonly value: number
  readonly max: number
  /** The value in words: `997 of 1 000`. */
  readonly valueText: string
  readonly tone?: 'read' | 'write' | 'burst' | 'ok' | 'plain'
}

/** How much of something is used. */
export function Meter({ label, value, max, valueText, tone = 'read' }: Props) {
  return (
    <Base.Root
      aria-label={label}
      aria-valuetext={valueText}
      value={Math.min(Math.max(0, value), max)}
      max={Math.max(max, Number.MIN_VALUE)}
      data-tone={tone}
      className={styles.root}
    >
      <Base.Track className={styles.track}>
        <Base.Indicator className={styles.bar} />
      </Base.Track>
    </Base.Root>
  )
}
