// @vitest-environment happy-dom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CodeView } from './CodeView.tsx'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

let root: Root
beforeEach(() => {
  const element = document.body.appendChild(document.createElement('div'))
  root = createRoot(element)
})
afterEach(() => {
  act(() => root.unmount())
  document.body.innerHTML = ''
})

function show(text: string, names?: ReadonlySet<string>): void {
  act(() => root.render(<CodeView label="Sample" text={text} language="json" {...(names ? { names } : {})} />))
}

function lines(count: number): string {
  return `${Array.from({ length: count }, (_, index) => `line-${index + 1} {}`).join('\n')}\n`
}

function shown(): { readonly text: string; readonly more: string | null } {
  const view = document.querySelector('[aria-label=Sample]')
  return {
    text: view?.querySelector('pre')?.textContent ?? '',
    more: view?.querySelector('button')?.textContent ?? null,
  }
}

function pressMore(): void {
  act(() => document.querySelector('button')?.click())
}

test('what is shown is the text itself, whatever is coloured', () => {
  const text = '{ "id": "gold", "node-name": "db-primary-throttle" }\nsecond line\n'
  show(text, new Set(['gold']))
  expect(shown()).toEqual({ text, more: null })
  expect(document.querySelector('[data-kind=name]')?.textContent).toBe('"gold"')
})

test('a long text is drawn in portions, and says how much is left', () => {
  show(lines(700))
  expect(shown()).toEqual({ text: lines(400), more: '… 300 more lines' })
  pressMore()
  expect(shown()).toEqual({ text: lines(700), more: null })
})

test('another text begins at its beginning', () => {
  show(lines(450))
  pressMore()
  show(lines(401))
  expect(shown()).toEqual({ text: lines(400), more: '… 1 more line' })
})
