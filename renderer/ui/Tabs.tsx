import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import styles from './Tabs.module.css'

export interface Tab<T extends string> {
  readonly value: T
  readonly label: string
  /** A count beside the label; it is not part of the tab's name. */
  readonly count?: number
  readonly content: ReactNode
}

interface Props<T extends string> {
  readonly label: string
  readonly value: T
  readonly tabs: readonly Tab<T>[]
  readonly onChange: (value: T) => void
  /** At the end of the row of tabs. */
  readonly aside?: ReactNode
}

export function Tabs<T extends string>({ label, value, tabs, onChange, aside }: Props<T>) {
  return (
    <Base.Root className={styles.root} value={value} onValueChange={(next) => onChange(next as T)}>
      <div className={styles.row}>
        <Base.List className={styles.list} aria-label={label} activateOnFocus>
          {tabs.map((tab) => (
            <Base.Tab key={tab.value} value={tab.value} className={styles.tab} aria-label={tab.label}>
              {tab.label}
              {tab.count !== undefined && tab.count > 0 && <span className={styles.count}>{tab.count}</span>}
            </Base.Tab>
          ))}
        </Base.List>
        <div className={styles.aside}>{aside}</div>
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className={styles.panel}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
