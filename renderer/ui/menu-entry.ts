import type { ReactNode } from 'react'

/** What stands in a menu. Menus and context menus draw the same entries. */
export type MenuEntry =
  | {
      readonly kind: 'item'
      readonly label: string
      readonly onSelect: () => void
      readonly icon?: ReactNode
      readonly shortcut?: string
      readonly hint?: string
      readonly disabled?: boolean
      readonly danger?: boolean
    }
  | {
      readonly kind: 'check'
      readonly label: string
      readonly checked: boolean
      readonly onChange: (checked: boolean) => void
      /** The menu closes with it: a question follows. Else it stays, for the next tick. */
      readonly closes?: boolean
      readonly disabled?: boolean
    }
  | { readonly kind: 'separator' }
  | { readonly kind: 'group'; readonly label: string; readonly entries: readonly MenuEntry[] }
  | {
      readonly kind: 'submenu'
      readonly label: string
      readonly entries: readonly MenuEntry[]
      readonly icon?: ReactNode
      readonly disabled?: boolean
    }
