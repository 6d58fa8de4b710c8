import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import styles from './Select.module.css'

export interface SelectOption<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string
  readonly disabled?: boolean
}

interface Props<T extends string> {
  readonly label: string
  /** null: none, shown as `placeholder`. */
  readonly value: T | null
  readonly options: readonly SelectOption<T>[]
  readonly onChange: (value: T) => void
  readonly placeholder?: string
  readonly disabled?: boolean
  readonly size?: 's' | 'm'
}

/** One of many. For a few that fit in a row take `Segmented`. */
export function Select<T extends string>(props: Props<T>) {
  const { label, value, options, onChange, placeholder = '—', disabled = false, size = 'm' } = props
  return (
    <Base.Root
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      value={value}
      disabled={disabled}
      modal={false}
      onValueChange={(next) => next !== null && onChange(next)}
    >
      <Base.Trigger className={styles.trigger} aria-label={label} data-size={size}>
        <Base.Value className={styles.value}>
          {(chosen: T | null) => options.find((option) => option.value === chosen)?.label ?? placeholder}
        </Base.Value>
        <Base.Icon className={styles.icon}>
          <ChevronDown />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={styles.positioner} alignItemWithTrigger={false} sideOffset={4}>
          <Base.Popup className={styles.popup}>
            <Base.List>
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  className={styles.item}
                  disabled={option.disabled ?? false}
                >
                  <span className={styles.check}>
                    <Base.ItemIndicator>
                      <Check />
                    </Base.ItemIndicator>
                  </span>
                  <span className={styles.label}>
                    <Base.ItemText>{option.label}</Base.ItemText>
                    {option.hint !== undefined && <small className={styles.hint}>{option.hint}</small>}
                  </span>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
