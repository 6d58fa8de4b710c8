import type { ComponentProps, ReactNode } from 'react'
import styles from './IconButton.module.css'
import { Tooltip } from './Tooltip.tsx'

interface Props extends Omit<ComponentProps<'button'>, 'className' | 'type' | 'children' | 'aria-label'> {
  /** What it does: its accessible name and its tooltip. */
  readonly label: string
  readonly icon: ReactNode
  readonly shortcut?: string
  readonly size?: 's' | 'm'
}

export function IconButton({ label, icon, shortcut, size = 'm', ...rest }: Props) {
  return (
    <Tooltip text={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <button type="button" className={styles.button} data-size={size} aria-label={label} {...rest}>
        {icon}
      </button>
    </Tooltip>
  )
}
