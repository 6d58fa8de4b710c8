import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'
import { Keys } from './Keys.tsx'
import styles from './Tooltip.module.css'

interface Props {
  readonly text: string
  readonly shortcut?: string
  /** The element it speaks of: it takes the tooltip's events, and must be able to take the focus. */
  readonly children: ReactElement
}

/** Escape closes what the control belongs to as well: nobody asked for the tooltip, and a dialog would need two. */
function passEscapeOn(_open: boolean, details: Base.Root.ChangeEventDetails): void {
  if (details.reason === 'escape-key') details.allowPropagation()
}

/** Words beside a control, on hover and on focus. A help, never the only place where something is said. */
export function Tooltip({ text, shortcut, children }: Props) {
  return (
    <Base.Root onOpenChange={passEscapeOn}>
      <Base.Trigger render={children as ReactElement<Record<string, unknown>>} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className={styles.positioner}>
          <Base.Popup className={styles.popup}>
            {text}
            {shortcut !== undefined && <Keys keys={shortcut} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
