import type { MouseEvent as ReactMouseEvent } from 'react'

/** A "more" button opens the context menu of what it stands on, below itself: one menu, one list of entries. */
export function openMenuAt(event: ReactMouseEvent<HTMLElement>): void {
  event.stopPropagation()
  const box = event.currentTarget.getBoundingClientRect()
  event.currentTarget.dispatchEvent(
    new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true,
      button: 2,
      clientX: box.left,
      clientY: box.bottom + 2,
    }),
  )
}
