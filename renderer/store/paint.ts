import { useEffect, useRef } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { latestSnapshot, onSnapshot } from './telemetry.ts'

// Who draws measured values outside React registers a painter. After each snapshot every painter is called once, a few at
// a time, in turn: 64 cards and a chart never make one long task, and a drag keeps its frames. A painter still waiting when
// the next snapshot comes keeps its place and draws the newer one.
//
//   frame │ what React has just drawn, before it is shown │ browser: style, layout, paint │ turn: what a snapshot changes │ frame …
//
// A turn is a task of its own between two frames. What a painter writes costs the browser about three times as much again in
// the next frame, and a frame has pointer events and React's work besides: so turns are short.

/** How long a turn may take. One painter is always called, so that none waits for ever. */
const TURN_MS = 2

type Painter = (snapshot: Snapshot | null) => void

const painters = new Set<Painter>()
/** What they show is older than the snapshot. */
const waiting = new Set<Painter>()
/** React has just drawn what they write into: without them the next frame would show it empty. */
const fresh = new Set<Painter>()
let frame: number | null = null
let isTurnDue = false

onSnapshot(() => {
  for (const painter of painters) waiting.add(painter)
  requestFrame()
})

/** Calls `painter` soon and then after each snapshot. Returns the function that stops it. */
export function schedulePaint(painter: Painter): () => void {
  painters.add(painter)
  fresh.add(painter)
  requestFrame()
  return () => {
    painters.delete(painter)
    waiting.delete(painter)
    fresh.delete(painter)
  }
}

/** As `schedulePaint`, for as long as the component is there; the painter may change with each render. */
export function usePaint(painter: Painter): void {
  const current = useRef(painter)
  useEffect(() => {
    current.current = painter
    // What React has just drawn again has lost what the painter wrote.
    if (painters.has(stable.current)) fresh.add(stable.current)
    requestFrame()
  })
  const stable = useRef<Painter>((snapshot) => current.current(snapshot))
  useEffect(() => schedulePaint(stable.current), [])
}

function requestFrame(): void {
  if (frame === null && (fresh.size > 0 || (waiting.size > 0 && !isTurnDue))) frame = requestAnimationFrame(paintFrame)
}

// A painter that throws is its own fault: the others go on in the next turn.

function paintFrame(): void {
  frame = null
  try {
    paintSome(fresh)
  } finally {
    for (const painter of fresh) waiting.add(painter)
    fresh.clear()
    if (waiting.size > 0 && !isTurnDue) {
      isTurnDue = true
      setTimeout(paintTurn)
    }
  }
}

function paintTurn(): void {
  isTurnDue = false
  try {
    paintSome(waiting)
  } finally {
    requestFrame()
  }
}

function paintSome(some: Set<Painter>): void {
  const startMs = performance.now()
  const snapshot = latestSnapshot()
  for (const painter of some) {
    some.delete(painter)
    waiting.delete(painter)
    painter(snapshot)
    if (performance.now() - startMs > TURN_MS) break
  }
}
