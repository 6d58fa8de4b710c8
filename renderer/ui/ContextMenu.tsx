import { ContextMenu as Base } from '@base-ui/react/context-menu'
import type { ReactElement } from 'react'
import styles from './MenuEntries.module.css'
import { MenuEntries } from './MenuEntries.tsx'
import type { MenuEntry } from './menu-entry.ts'

interface Props {
  /** Called when it opens, so that the entries fit what is selected then. */
  readonly entries: () => readonly MenuEntry[]
  /** Where the right button, a long press or the menu key opens it. */
  readonly children: ReactElement
}

export function ContextMenu({ entries, children }: Props) {
  return (
    <Base.Root>
      <Base.Trigger render={children as ReactElement<Record<string, unknown>>} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner}>
          <Base.Popup className={styles.popup}>
            <LateEntries entries={entries} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Rendered only while the popup is open. */
function LateEntries({ entries }: { readonly entries: () => readonly MenuEntry[] }) {
  return <MenuEntries entries={entries()} />
}
