import { useEffect, useRef } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { latestSnapshot, onSnapshot } from './telemetry.ts'

// Who draws measured values outside React registers a painter. After each snapshot every painter is called once, in
// animation frames, a few milliseconds per frame, in turn: 64 cards and a chart never make one long task, and a drag
// keeps its frames. A painter still waiting when the next snapshot comes keeps its place and draws the newer one.

/** How much of a frame painting may take; the rest belongs to dragging, scrolling and the browser itself. */
const FRAME_BUDGET_MS = 5

type Painter = (snapshot: Snapshot | null) => void

const painters = new Set<Painter>()
const waiting = new Set<Painter>()
let frame: number | null = null

onSnapshot(() => {
  for (const painter of painters) waiting.add(painter)
  requestFrame()
})

/** Calls `painter` soon and then after each snapshot. Returns the function that stops it. */
export function schedulePaint(painter: Painter): () => void {
  painters.add(painter)
  waiting.add(painter)
  requestFrame()
  return () => {
    painters.delete(painter)
    waiting.delete(painter)
  }
}

/** As `schedulePaint`, for as long as the component is there; the painter may change with each render. */
export function usePaint(painter: Painter): void {
  const current = useRef(painter)
  useEffect(() => {
    current.current = painter
    // What React has just drawn again has lost what the painter wrote.
    if (painters.has(stable.current)) waiting.add(stable.current)
    requestFrame()
  })
  const stable = useRef<Painter>((snapshot) => current.current(snapshot))
  useEffect(() => schedulePaint(stable.current), [])
}

function requestFrame(): void {
  if (frame === null && waiting.size > 0) frame = requestAnimationFrame(paintFrame)
}

function paintFrame(): void {
  frame = null
  const startMs = performance.now()
  const snapshot = latestSnapshot()
  for (const painter of waiting) {
    waiting.delete(painter)
    painter(snapshot)
    if (performance.now() - startMs > FRAME_BUDGET_MS) break
  }
  requestFrame()
}
