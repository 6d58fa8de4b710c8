// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Reports, useReports } from './slider-reports.ts'

let root: Root
let reports: Reports
let told: (string | number)[]

function Reporting({ value }: { readonly value: number }) {
  reports = useReports({ value, onChange: (next) => told.push(next), onGesture: (phase) => told.push(phase) })
  return <output>{reports.ahead ?? value}</output>
}

const show = (value: number) => act(async () => root.render(<Reporting value={value} />))
const shown = () => document.querySelector('output')?.textContent
const nextTask = () => act(async () => void vi.runAllTimers())

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  told = []
  root = createRoot(document.body.appendChild(document.createElement('div')))
  await show(1)
})

afterEach(async () => {
  await act(async () => root.unmount())
  vi.useRealTimers()
  document.body.replaceChildren()
})

test('the slider shows at once where it was moved to; the newest value is reported in a task of its own', async () => {
  await act(async () => {
    reports.begin()
    reports.change(2)
    reports.change(3)
  })
  expect([shown(), told]).toEqual(['3', []])
  await nextTask()
  expect(told).toEqual(['begin', 3])
})

test('the end of a gesture is reported behind what still waits', async () => {
  await act(async () => {
    reports.begin()
    reports.change(2)
    reports.end()
  })
  expect(told).toEqual(['begin', 2, 'end'])
  await nextTask()
  expect(told).toHaveLength(3)
})

test('Escape drops what waits, and takes back what was reported', async () => {
  await act(async () => {
    reports.begin()
    reports.change(2)
  })
  await nextTask()
  await show(2)
  await act(async () => {
    reports.change(3)
    reports.cancel()
  })
  await nextTask()
  expect([shown(), told]).toEqual(['2', ['begin', 2, 'cancel']])
})

test('a value that was left and come back to is not reported', async () => {
  await act(async () => {
    reports.change(2)
    reports.change(1)
  })
  await nextTask()
  expect([shown(), told]).toEqual(['1', []])
})

test('what waits when the slider goes is dropped', async () => {
  await act(async () => {
    reports.begin()
    reports.change(2)
  })
  await act(async () => root.render(null))
  await nextTask()
  expect(told).toEqual([])
})
