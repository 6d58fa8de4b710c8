import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import { closeDialog, useUi } from '../store/ui.ts'
import { Keys } from '../ui/Keys.tsx'
import { type PaletteEntry, paletteEntries } from './entries.tsx'
import { rank } from './match.ts'
import styles from './Palette.module.css'

const SHOWN = 60

/** Ctrl K: find a device or group, or do anything by its name. */
export function Palette() {
  const isOpen = useUi((ui) => ui.dialog === 'palette')
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && closeDialog()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup} aria-label="Find a device, group or command">
          <PaletteList />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function PaletteList() {
  const [query, setQuery] = useState('')
  const entries = useMemo(paletteEntries, [])
  const found = rank(entries, query, (entry) => entry.label, SHOWN)
  return (
    <Autocomplete.Root
      inline
      open
      mode="none"
      items={found}
      autoHighlight="always"
      keepHighlight
      itemToStringValue={(entry: PaletteEntry) => entry.label}
      value={query}
      onValueChange={(value, { reason }) => {
        if (reason !== 'item-press') setQuery(value)
      }}
    >
      <div className={styles.field}>
        <Search />
        <Autocomplete.Input className={styles.input} placeholder="Find a device, group or command" aria-label="Find" />
        <Keys keys="Esc" />
      </div>
      <Autocomplete.Empty className={styles.empty}>No matches</Autocomplete.Empty>
      <Autocomplete.List className={styles.list}>
        {(entry: PaletteEntry) => (
          <Autocomplete.Item
            key={entry.id}
            value={entry}
            className={styles.item}
            onClick={() => {
              closeDialog()
              entry.run()
            }}
          >
            <entry.icon />
            <span className={styles.label}>{entry.label}</span>
            <small>{entry.hint}</small>
            {entry.keys !== undefined && <Keys keys={entry.keys} />}
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  )
}
