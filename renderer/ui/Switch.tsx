import { Switch as Base } from '@base-ui/react/switch'
import styles from './Switch.module.css'

interface Props {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
  readonly describedBy?: string
}

export function Switch({ label, checked, onChange, disabled = false, describedBy }: Props) {
  return (
    <Base.Root
      className={styles.root}
      aria-label={label}
      aria-describedby={describedBy}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
    >
      <Base.Thumb className={styles.thumb} />
    </Base.Root>
  )
}
