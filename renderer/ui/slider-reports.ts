import { useEffect, useLayoutEffect, useRef, useState } from 'react'

export type GesturePhase = 'begin' | 'end' | 'cancel'

interface Listener {
  readonly value: number
  readonly onChange: (value: number) => void
  readonly onGesture?: (phase: GesturePhase) => void
}

export interface Reports {
  /** What the slider was moved to and has not reported yet; null: nothing. */
  readonly ahead: number | null
  begin(): void
  change(value: number): void
  end(): void
  cancel(): void
}

interface Waiting {
  gesture: 'none' | 'begins' | 'begun'
  value: number | null
  timer: ReturnType<typeof setTimeout> | undefined
}

/**
 * What a slider reports, in a task of its own behind the event that moved it, and of several values only the newest: the thumb
 * moves in this frame, and what follows from its value, all over the window, does not make the same frame long.
 *
 *   begin, change, change ──▶ task: begin, the last change          end ──▶ what still waits, at once, then the end
 *
 * What waits when the slider goes is dropped: what it would change may be another thing by then.
 */
export function useReports(listener: Listener): Reports {
  const { value } = listener
  const listening = useRef(listener)
  // Before any task of the new values could be due.
  useLayoutEffect(() => {
    listening.current = listener
  })
  const waiting = useRef<Waiting>({ gesture: 'none', value: null, timer: undefined }).current
  const [ahead, setAhead] = useState<number | null>(null)
  useEffect(() => () => forget(waiting), [waiting])

  const deliver = () => {
    const { gesture, value: newest } = waiting
    forget(waiting)
    if (gesture === 'begins') {
      waiting.gesture = 'begun'
      listening.current.onGesture?.('begin')
    }
    if (newest === null) return
    if (newest !== listening.current.value) listening.current.onChange(newest)
    setAhead(null)
  }

  const finish = (phase: 'end' | 'cancel') => {
    if (waiting.gesture === 'begun') listening.current.onGesture?.(phase)
    waiting.gesture = 'none'
  }

  return {
    ahead,
    begin: () => {
      waiting.gesture = 'begins'
      waiting.timer ??= setTimeout(deliver)
    },
    change: (next) => {
      if (next === (waiting.value ?? value)) return
      waiting.value = next
      setAhead(next)
      waiting.timer ??= setTimeout(deliver)
    },
    end: () => {
      deliver()
      finish('end')
    },
    cancel: () => {
      forget(waiting)
      setAhead(null)
      finish('cancel')
    },
  }
}

/** A gesture that was reported stays one: its end must follow. */
function forget(waiting: Waiting): void {
  clearTimeout(waiting.timer)
  waiting.timer = undefined
  waiting.value = null
  if (waiting.gesture === 'begins') waiting.gesture = 'none'
}
