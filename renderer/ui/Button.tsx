import type { ComponentProps } from 'react'
import styles from './Button.module.css'

interface Props extends Omit<ComponentProps<'button'>, 'className'> {
  readonly variant?: 'default' | 'primary' | 'quiet' | 'danger'
  readonly size?: 's' | 'm'
}

/** A button with a word on it; icons may stand before it. */
export function Button({ variant = 'default', size = 'm', ...rest }: Props) {
  return <button type="button" className={styles.button} data-variant={variant} data-size={size} {...rest} />
}
