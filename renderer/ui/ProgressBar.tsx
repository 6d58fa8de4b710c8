import { Progress } from '@base-ui/react/progress'
import styles from './ProgressBar.module.css'

interface Props {
  readonly label: string
  /** 0…1; null: it is not known how much there is. */
  readonly value: number | null
}

export function ProgressBar({ label, value }: Props) {
  return (
    <Progress.Root
      aria-label={label}
      value={value === null ? null : Math.round(value * 100)}
      className={styles.root}
      getAriaValueText={(_formatted, percent) => (percent === null ? 'under way' : `${percent} %`)}
    >
      <Progress.Track className={styles.track}>
        <Progress.Indicator className={styles.bar} />
      </Progress.Track>
    </Progress.Root>
  )
}
