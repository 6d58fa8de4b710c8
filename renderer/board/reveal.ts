import { type RefObject, useEffect } from 'react'
import { useUi } from '../store/ui.ts'
import { type BoardLayout, CARD_HEIGHT, cardPlace, type DropPlace } from './layout.ts'

// Scrolling to what the keyboard, the palette or a drag has gone to. Lanes out of sight are not drawn, so their place
// comes from the layout, and the focus follows once they are.

const MARGIN_PX = 16

/** Follows the requests of `reveal` in the ui store. */
export function useReveal(scroller: RefObject<HTMLElement | null>, layout: RefObject<BoardLayout>): void {
  const request = useUi((ui) => ui.reveal)
  useEffect(() => {
    if (!request || !scroller.current) return
    const span =
      request.kind === 'device' ? cardSpan(layout.current, request.name) : laneSpan(layout.current, request.name)
    if (span) scrollTo(scroller.current, span)
    const name = CSS.escape(request.name)
    return focusSoon(request.kind === 'device' ? `[data-device="${name}"] button` : `[data-lane-name="${name}"]`)
  }, [request, scroller, layout])
}

/** Where a keyboard drag points. */
export function scrollToPlace(scroller: HTMLElement, layout: BoardLayout, place: DropPlace): void {
  if (place.kind === 'new') {
    scrollTo(scroller, { from: layout.newZoneTop, to: layout.height })
    return
  }
  const lane = layout.lanes.find((each) => each.group === place.group)
  if (!lane) return
  const index = Math.min(place.index, Math.max(0, lane.devices.length - 1))
  const top = lane.top + (lane.collapsed ? 0 : cardPlace(lane, index).top)
  scrollTo(scroller, { from: Math.min(top, lane.top + lane.height - CARD_HEIGHT), to: top + CARD_HEIGHT })
}

interface Span {
  readonly from: number
  readonly to: number
}

function cardSpan(layout: BoardLayout, id: string): Span | null {
  for (const lane of layout.lanes) {
    const index = lane.devices.findIndex((device) => device.id === id)
    if (index < 0) continue
    const top = lane.top + (lane.collapsed ? 0 : cardPlace(lane, index).top)
    return { from: top, to: top + CARD_HEIGHT }
  }
  return null
}

function laneSpan(layout: BoardLayout, group: string): Span | null {
  const lane = layout.lanes.find((each) => each.group === group)
  return lane ? { from: lane.top, to: lane.top + lane.height } : null
}

function scrollTo(scroller: HTMLElement, span: Span): void {
  const { scrollTop, clientHeight } = scroller
  if (span.from - MARGIN_PX < scrollTop) scroller.scrollTop = span.from - MARGIN_PX
  else if (span.to + MARGIN_PX > scrollTop + clientHeight) scroller.scrollTop = span.to + MARGIN_PX - clientHeight
}

/** Tries for a few frames: the element may have to be drawn first. Returns the function that gives up. */
function focusSoon(selector: string): () => void {
  let frame = 0
  const attempt = (left: number) => {
    const element = document.querySelector<HTMLElement>(selector)
    if (element) element.focus({ preventScroll: true })
    else if (left > 0) frame = requestAnimationFrame(() => attempt(left - 1))
  }
  frame = requestAnimationFrame(() => attempt(10))
  return () => cancelAnimationFrame(frame)
}
