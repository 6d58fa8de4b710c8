import { Menu } from '@base-ui/react/menu'
import { Check, ChevronRight } from 'lucide-react'
import { assertNever } from '#shared/assert.ts'
import { Keys } from './Keys.tsx'
import styles from './MenuEntries.module.css'
import type { MenuEntry } from './menu-entry.ts'

/** The popup's content. Base UI's context menu is made of the same parts as its menu. */
export function MenuEntries({ entries }: { readonly entries: readonly MenuEntry[] }) {
  return entries.map((entry, index) => <Entry key={keyOf(entry, index)} entry={entry} />)
}

function keyOf(entry: MenuEntry, index: number): string {
  return entry.kind === 'separator' ? `separator ${index}` : `${entry.kind} ${entry.label}`
}

function Entry({ entry }: { readonly entry: MenuEntry }) {
  switch (entry.kind) {
    case 'item':
      return <Item entry={entry} />
    case 'check':
      return (
        <Menu.CheckboxItem
          className={styles.item}
          checked={entry.checked}
          disabled={entry.disabled ?? false}
          closeOnClick={entry.closes ?? false}
          onCheckedChange={entry.onChange}
        >
          <span className={styles.icon}>
            <Menu.CheckboxItemIndicator>
              <Check />
            </Menu.CheckboxItemIndicator>
          </span>
          <span className={styles.label}>{entry.label}</span>
        </Menu.CheckboxItem>
      )
    case 'separator':
      return <Menu.Separator className={styles.separator} />
    case 'group':
      return (
        <Menu.Group>
          <Menu.GroupLabel className={styles.groupLabel}>{entry.label}</Menu.GroupLabel>
          <MenuEntries entries={entry.entries} />
        </Menu.Group>
      )
    case 'submenu':
      return (
        <Menu.SubmenuRoot>
          <Menu.SubmenuTrigger className={styles.item} disabled={entry.disabled ?? false}>
            <span className={styles.icon}>{entry.icon}</span>
            <span className={styles.label}>{entry.label}</span>
            <ChevronRight className={styles.arrow} />
          </Menu.SubmenuTrigger>
          <Menu.Portal>
            <Menu.Positioner className={styles.positioner} alignOffset={-5}>
              <Menu.Popup className={styles.popup}>
                <MenuEntries entries={entry.entries} />
              </Menu.Popup>
            </Menu.Positioner>
          </Menu.Portal>
        </Menu.SubmenuRoot>
      )
    default:
      return assertNever(entry)
  }
}

function Item({ entry }: { readonly entry: Extract<MenuEntry, { kind: 'item' }> }) {
  return (
    <Menu.Item
      className={styles.item}
      onClick={entry.onSelect}
      disabled={entry.disabled ?? false}
      data-danger={entry.danger || undefined}
    >
      <span className={styles.icon}>{entry.icon}</span>
      <span className={styles.label}>
        {entry.label}
        {entry.hint !== undefined && <small className={styles.hint}>{entry.hint}</small>}
      </span>
      {entry.shortcut !== undefined && <Keys keys={entry.shortcut} />}
    </Menu.Item>
  )
}
