import { type RefObject, useLayoutEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { hasGoal } from '#shared/workspace/goal-edits.ts'
import { findDevice } from '#shared/workspace/workspace.ts'
import { useWorkspace } from '../store/workspace.ts'
import { levelsOf } from './Card.tsx'
import { CardBody } from './CardBody.tsx'
import styles from './DragGhost.module.css'
import { type Drag, keptWords, useDrag } from './drag.ts'
import type { Point } from './pointer-drag.ts'

interface Props {
  /** Moved by its transform alone, with every pointer event, past React. */
  readonly element: RefObject<HTMLDivElement | null>
  /** Where the grabbed card stood when it was grabbed. */
  readonly origin: RefObject<DOMRect | null>
}

/** The card that follows the pointer, live as the others, with how many more come along. */
export function DragGhost({ element, origin }: Props) {
  const drag = useDrag((state) => state.drag)
  if (drag?.via !== 'pointer') return null
  return <Ghost drag={drag} element={element} origin={origin} />
}

function Ghost({ drag, element, origin }: Props & { readonly drag: Drag }) {
  const device = useWorkspace((state) => findDevice(state.workspace, drag.grabbed))
  const levels = useWorkspace(useShallow(({ workspace }) => levelsOf(workspace, drag.grabbed)))
  const isPromised = useWorkspace(({ workspace }) => hasGoal(workspace, drag.grabbed))
  const kept = useWorkspace(({ workspace }) => keptWords(workspace, drag))
  useLayoutEffect(() => moveGhost(element.current, { x: 0, y: 0 }), [element])
  const box = origin.current
  if (!device || !box) return null
  return (
    <div
      ref={element}
      className={styles.ghost}
      data-several={drag.ids.length > 1 || undefined}
      aria-hidden="true"
      inert
      style={{ left: box.left, top: box.top, width: box.width, height: box.height }}
    >
      <CardBody
        device={device}
        levels={levels}
        isPromised={isPromised}
        width={box.width}
        isSelected
        isTabStop={false}
      />
      {drag.ids.length > 1 && <span className={styles.count}>{drag.ids.length}</span>}
      {kept !== null && <span className={styles.tip}>{kept}</span>}
    </div>
  )
}

export function moveGhost(ghost: HTMLElement | null, by: Point): void {
  if (ghost) ghost.style.transform = `translate3d(${by.x}px, ${by.y}px, 0) rotate(1.6deg)`
}
