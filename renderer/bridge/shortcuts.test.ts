import { expect, test } from 'vitest'
import { findShortcut, SHORTCUTS } from './shortcuts.ts'

const NO_KEYS = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }

function check(key: string, held: Partial<typeof NO_KEYS>, command: string | undefined): void {
  expect(findShortcut({ ...NO_KEYS, ...held, key })?.command).toBe(command)
}

test('Ctrl and Cmd mean the same', () => {
  check('k', { ctrlKey: true }, 'palette')
  check('k', { metaKey: true }, 'palette')
})

test('Shift makes another shortcut of the same letter', () => {
  check('z', { ctrlKey: true }, 'undo')
  check('Z', { ctrlKey: true, shiftKey: true }, 'redo')
})

test('a bare letter and Alt are none', () => {
  check('k', {}, undefined)
  check('k', { ctrlKey: true, altKey: true }, undefined)
})

test('no two commands have the same keys', () => {
  const keys = SHORTCUTS.map((shortcut) => shortcut.keys)
  expect(new Set(keys).size).toBe(keys.length)
})
