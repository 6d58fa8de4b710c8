import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { bucketFor, type FrontierChart, type RateAndBucket, settableBucket } from '#shared/frontier.ts'
import { shortBurstUnits } from '#shared/throttle/counting.ts'
import { propose } from '../bridge/choose.ts'
import { setChoose, useChoose } from '../store/choose.ts'
import { levelsNear, type Plot, placeOn, snapped, valueOn, waitThrough } from './choose-model.ts'

// Dragging the point, or the wait line: idle → dragging, with what there was before, so that Escape takes it back.

interface Drag {
  readonly what: 'point' | 'line'
  readonly proposed: RateAndBucket | null
  readonly waitS: number
}

const LINE_REACH = 7
const POINT_REACH = 14
/** One press of an arrow key. */
const STEP = 1.1
const LARGE_STEP = 2

export function useChooseDrag(chart: FrontierChart, plot: Plot) {
  const drag = useRef<Drag | null>(null)
  const at = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const follow = ({ x, y }: { readonly x: number; readonly y: number }) => {
    const point = { rate: valueOn(plot.x, x), bucket: valueOn(plot.y, y) }
    if (drag.current?.what === 'line') moveLine(chart, point)
    else propose(snapped(plot, point))
  }
  return {
    onPointerDown(event: PointerEvent<SVGSVGElement>) {
      if (event.button !== 0) return
      const place = at(event)
      const { x, y } = plot
      if (place.x < x.from || place.x > x.to || place.y < y.to || place.y > y.from) return
      const { proposed, waitS } = useChoose.getState()
      drag.current = { what: whatLiesAt(chart, plot, place), proposed, waitS }
      event.currentTarget.setPointerCapture(event.pointerId)
      if (drag.current.what === 'point') follow(place)
    },
    onPointerMove(event: PointerEvent<SVGSVGElement>) {
      if (drag.current !== null) follow(at(event))
    },
    onPointerUp() {
      drag.current = null
    },
    onPointerCancel() {
      takeBack(drag.current)
      drag.current = null
    },
    onKeyDown(event: KeyboardEvent<SVGElement>) {
      if (event.key === 'Escape' && drag.current !== null) {
        takeBack(drag.current)
        drag.current = null
        event.stopPropagation()
      }
    },
  }
}

function takeBack(drag: Drag | null): void {
  if (drag === null) return
  setChoose({ waitS: drag.waitS })
  if (drag.proposed !== null) propose(drag.proposed)
}

function whatLiesAt(chart: FrontierChart, plot: Plot, place: { readonly x: number; readonly y: number }): Drag['what'] {
  const { proposed, percentile, waitS } = useChoose.getState()
  if (proposed !== null) {
    const away = Math.hypot(place.x - placeOn(plot.x, proposed.rate), place.y - placeOn(plot.y, proposed.bucket))
    if (away <= POINT_REACH) return 'point'
  }
  const levels = levelsNear(chart, valueOn(plot.x, place.x))
  if (levels === null) return 'point'
  return Math.abs(placeOn(plot.y, bucketFor(levels, percentile, waitS)) - place.y) <= LINE_REACH ? 'line' : 'point'
}

/** The line goes where the pointer is, and the proposed point to the line at its own rate. */
function moveLine(chart: FrontierChart, point: RateAndBucket): void {
  changeWait(chart, waitThrough(chart, useChoose.getState().percentile, point))
}

/** Another wait: the proposed point keeps its rate and takes the burst that the wait needs there. */
export function changeWait(chart: FrontierChart, waitS: number): void {
  const { proposed, percentile } = useChoose.getState()
  setChoose({ waitS })
  const levels = proposed === null ? null : levelsNear(chart, proposed.rate)
  if (proposed === null || levels === null) return
  const { rate } = proposed
  propose({ rate, bucket: settableBucket(rate, bucketFor({ ...levels, rate }, percentile, waitS)) })
}

/** Arrow keys on the point: the limit to left and right, the burst up and down; with Shift in larger steps. */
export function pointByKey(event: KeyboardEvent<SVGGElement>, plot: Plot, point: RateAndBucket): boolean {
  const step = event.shiftKey ? LARGE_STEP : STEP
  const { rate, bucket } = point
  const moves: Readonly<Record<string, RateAndBucket>> = {
    ArrowRight: { rate: Math.max(rate + 1, rate * step), bucket },
    ArrowLeft: { rate: Math.min(rate - 1, rate / step), bucket },
    ArrowUp: { rate, bucket: bucket < rate ? rate : Math.max(bucket + 1, bucket * step) },
    ArrowDown: {
      rate,
      bucket: bucket <= rate ? shortBurstUnits(rate) : Math.max(rate, Math.min(bucket - 1, bucket / step)),
    },
  }
  const next = moves[event.key]
  if (next === undefined) return false
  event.preventDefault()
  propose(snapped(plot, next))
  return true
}
