import { type RefObject, useEffect, useState } from 'react'

// What part of the board is in sight, in steps coarse enough that scrolling renders a few times per screen, with a margin
// so that nothing is seen missing in between.

const STEP_PX = 160
const MARGIN_PX = 320

export interface Viewport {
  readonly width: number
  readonly from: number
  readonly to: number
}

export function useViewport(scroller: RefObject<HTMLElement | null>): Viewport {
  const [viewport, setViewport] = useState<Viewport>({ width: 0, from: 0, to: 0 })
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () => setViewport((known) => nextViewport(known, element))
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [scroller])
  return viewport
}

function nextViewport(known: Viewport, element: HTMLElement): Viewport {
  const { clientWidth: width, clientHeight, scrollTop } = element
  const from = Math.floor((scrollTop - MARGIN_PX) / STEP_PX) * STEP_PX
  const to = Math.ceil((scrollTop + clientHeight + MARGIN_PX) / STEP_PX) * STEP_PX
  return known.width === width && known.from === from && known.to === to ? known : { width, from, to }
}
