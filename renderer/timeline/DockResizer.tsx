import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import styles from './Dock.module.css'

const MIN_PX = 150
const STEP_PX = 24
/** So much of the board stays. */
const BOARD_PX = 220
const DEFAULT_PX = 232

/** The dock's upper edge: dragged, or moved by the arrow keys; a double press puts it back. */
export function DockResizer() {
  const [heightPx, setHeightPx] = useState(DEFAULT_PX)
  const start = useRef<{ readonly y: number; readonly heightPx: number } | null>(null)
  const [dragging, setDragging] = useState(false)
  const resize = (element: Element, wantedPx: number) => {
    const most = Math.max(MIN_PX, window.innerHeight - BOARD_PX)
    const next = Math.round(Math.min(most, Math.max(MIN_PX, wantedPx)))
    setHeightPx(next)
    element.parentElement?.style.setProperty('--dock-height', `${next}px`)
  }
  const end = () => {
    start.current = null
    setDragging(false)
  }
  const resizeByKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    resize(event.currentTarget, dockHeight(event.currentTarget) + (event.key === 'ArrowUp' ? STEP_PX : -STEP_PX))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves takes the focus, an <hr> does not
    <div
      className={styles.resizer}
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label="Height of the dock"
      aria-valuenow={heightPx}
      aria-valuemin={MIN_PX}
      aria-valuemax={Math.max(MIN_PX, window.innerHeight - BOARD_PX)}
      data-dragging={dragging || undefined}
      onPointerDown={(event: PointerEvent) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { y: event.clientY, heightPx: dockHeight(event.currentTarget) }
        setDragging(true)
      }}
      onPointerMove={(event) => {
        if (start.current) resize(event.currentTarget, start.current.heightPx + start.current.y - event.clientY)
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={(event) => resize(event.currentTarget, DEFAULT_PX)}
      onKeyDown={resizeByKey}
    />
  )
}

/** In a low window it starts lower than its usual height. */
function dockHeight(resizer: Element): number {
  return resizer.parentElement?.clientHeight ?? DEFAULT_PX
}
