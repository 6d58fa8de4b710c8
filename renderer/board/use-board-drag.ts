import { type Draggable, PointerActivationConstraints, PointerSensor } from '@dnd-kit/dom'
import type { DragDropProvider } from '@dnd-kit/react'
import { type ComponentProps, type RefObject, useMemo, useRef } from 'react'
import { reveal } from '../store/ui.ts'
import { moveGhost } from './DragGhost.tsx'
import { aimDrag, cancelDrag, dropDrag, startDrag, useDrag } from './drag.ts'
import { LaneKeyboardSensor } from './keyboard-sensor.ts'
import { aimLaneDrag, cancelLaneDrag, dropLaneDrag, startLaneDrag } from './lane-drag.ts'
import { type BoardLayout, findDropPlace } from './layout.ts'
import { PointerDrag } from './pointer-drag.ts'
import { scrollToPlace } from './reveal.ts'
import { stepPlace } from './steps.ts'

// Joins dnd-kit to the board: its sensors watch pointer, finger and keys and keep the one drag there can be; which place
// a drag points at comes from the board's own layout, so that lanes out of sight are as good a target as any.

const MOUSE_START_PX = 5
const TOUCH_START_MS = 220

type Provider = Pick<
  ComponentProps<typeof DragDropProvider>,
  'sensors' | 'plugins' | 'onBeforeDragStart' | 'onDragStart' | 'onDragMove' | 'onDragEnd'
>

export interface BoardDrag {
  readonly provider: Provider
  readonly ghost: RefObject<HTMLDivElement | null>
  readonly origin: RefObject<DOMRect | null>
}

export function useBoardDrag(scroller: RefObject<HTMLElement | null>, layout: RefObject<BoardLayout>): BoardDrag {
  const ghost = useRef<HTMLDivElement>(null)
  const origin = useRef<DOMRect>(null)
  const pointer = useRef<PointerDrag>(null)
  const provider = useMemo(
    () => ({
      plugins: [],
      sensors: [pointerSensor(), keyboardSensor(scroller, layout)],
      ...dragEvents({ scroller, layout, ghost, origin, pointer }),
    }),
    [scroller, layout],
  )
  return { provider, ghost, origin }
}

interface Parts {
  readonly scroller: RefObject<HTMLElement | null>
  readonly layout: RefObject<BoardLayout>
  readonly ghost: RefObject<HTMLDivElement | null>
  readonly origin: RefObject<DOMRect | null>
  readonly pointer: RefObject<PointerDrag | null>
}

function dragEvents({ scroller, layout, ghost, origin, pointer }: Parts): Omit<Provider, 'sensors' | 'plugins'> {
  return {
    onBeforeDragStart: ({ operation }) => {
      origin.current = operation.source?.element?.getBoundingClientRect() ?? null
    },
    onDragStart: ({ operation }) => {
      const { source, activatorEvent, position } = operation
      if (!source || !scroller.current) return
      if (source.type === 'lane') {
        startLaneDrag(String(source.data.group))
        pointer.current = new PointerDrag(scroller.current, position.current, (at) =>
          aimLaneDrag(layout.current, at?.y ?? null),
        )
        return
      }
      const via = activatorEvent instanceof KeyboardEvent ? 'keyboard' : 'pointer'
      startDrag(String(source.id), via)
      if (via === 'keyboard') return
      pointer.current = new PointerDrag(scroller.current, position.current, (at) =>
        aimDrag(at && findDropPlace(layout.current, at.x, at.y)),
      )
    },
    onDragMove: ({ operation, to }) => {
      if (!to || !pointer.current) return
      const from = operation.position.initial
      moveGhost(ghost.current, { x: to.x - from.x, y: to.y - from.y })
      pointer.current.moveTo(to)
    },
    onDragEnd: ({ canceled }) => {
      pointer.current?.end()
      pointer.current = null
      endDrag(canceled)
    },
  }
}

function endDrag(canceled: boolean): void {
  const { drag } = useDrag.getState()
  if (canceled) {
    cancelLaneDrag()
    cancelDrag()
  } else {
    dropLaneDrag()
    dropDrag()
  }
  // Where the card is now is another element: the focus goes after it, or to the name of the group it has begun.
  if (drag?.via === 'keyboard' && (canceled || drag.place?.kind !== 'new')) reveal('device', drag.grabbed)
}

function pointerSensor() {
  return PointerSensor.configure({
    // The whole card is the handle, but for its other buttons and fields.
    activatorElements: (source: Draggable) => [source.element],
    activationConstraints: (event) =>
      event.pointerType === 'touch'
        ? [new PointerActivationConstraints.Delay({ value: TOUCH_START_MS, tolerance: 6 })]
        : [new PointerActivationConstraints.Distance({ value: MOUSE_START_PX })],
  })
}

function keyboardSensor(scroller: RefObject<HTMLElement | null>, layout: RefObject<BoardLayout>) {
  return LaneKeyboardSensor.configure({
    step: (step) => {
      const place = stepPlace(layout.current, useDrag.getState().drag?.place ?? null, step)
      aimDrag(place)
      if (scroller.current) scrollToPlace(scroller.current, layout.current, place)
    },
  })
}
