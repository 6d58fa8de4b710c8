// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LimitFacts } from '#shared/frontier.ts'
import { setChoose } from '../store/choose.ts'
import { setUi, useUi } from '../store/ui.ts'
import { RacePanel } from './RacePanel.tsx'

function facts(maxS: number): LimitFacts {
  return {
    requests: 6,
    delayedShare: 0.5,
    waitS: { p95: maxS, p99: maxS, p999: maxS, max: maxS },
    atLimitShare: 0,
    longestAtLimitS: 0,
    waitsOverTime: { binS: 1, values: [maxS] },
    queue: { spanS: 10, waiting: { binS: 1, values: [2] }, gone: { binS: 1, values: [1] } },
  }
}

/** Frames are taken by hand: `frame(ms)` is one at so many ms. */
let frames: FrameRequestCallback[] = []
let root: Root
const began = 1000

function frame(ms: number): void {
  const due = frames
  frames = []
  act(() => {
    for (const callback of due) callback(began + ms)
  })
}

const text = () => document.body.textContent ?? ''
const press = () => act(() => document.querySelector('button')?.click())

beforeEach(() => {
  frames = []
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.spyOn(performance, 'now').mockReturnValue(began)
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback))
  vi.stubGlobal('cancelAnimationFrame', () => {
    frames = []
  })
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  setUi({ settings: { ...useUi.getState().settings, reducedMotion: false } })
  setChoose({ todayFacts: facts(4), proposedFacts: facts(1) })
  root = createRoot(document.body.appendChild(document.createElement('div')))
  act(() => root.render(<RacePanel />))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.innerHTML = ''
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

test('a race takes eight seconds to watch, and ends with who was first', () => {
  press()
  frame(4000)
  expect(text()).toContain('5 s of 10 s')
  expect(text()).toContain('2 waiting')
  frame(8000)
  expect(text()).toContain('longest wait 1 s instead of 4 s')
  expect(document.querySelector('button')?.textContent).toBe('Race against today')
})

test('who asked for less motion sees the end at once', () => {
  act(() => setUi({ settings: { ...useUi.getState().settings, reducedMotion: true } }))
  press()
  frame(0)
  expect(text()).toContain('longest wait 1 s instead of 4 s')
})

test('other limits begin it again; a stop leaves what is shown; without limits today there is no race', () => {
  press()
  frame(4000)
  act(() => setChoose({ proposedFacts: facts(2) }))
  frame(800)
  expect(text()).toContain('1 s of 10 s')
  press()
  frame(8000)
  expect(text()).toContain('1 s of 10 s')
  act(() => setChoose({ todayFacts: null }))
  expect(document.querySelector('button')?.disabled).toBe(true)
})
