import { expect, test } from 'vitest'
import { isInstalled } from './dependencies.mjs'

const lib = { integrity: 'a' }
const wanted = {
  '': { optionalDependencies: { native: '1.0.0' } },
  'node_modules/lib': lib,
  'node_modules/lib-musl': { integrity: 'b', optional: true },
  'node_modules/native': { integrity: 'c', optional: true },
}
const native = { integrity: 'c' }

test('what is for other platforms may be missing', () => {
  expect(isInstalled(wanted, { 'node_modules/lib': lib, 'node_modules/native': native }, false)).toBe(true)
})

test('an optional package of our own that came with an update is installed, and asked for once only', () => {
  expect(isInstalled(wanted, { 'node_modules/lib': lib }, false)).toBe(false)
  expect(isInstalled(wanted, { 'node_modules/lib': lib }, true)).toBe(true)
})

test('a package of another version, too few and too many are mended', () => {
  expect(isInstalled(wanted, { 'node_modules/lib': { integrity: 'x' }, 'node_modules/native': native }, true)).toBe(
    false,
  )
  expect(isInstalled(wanted, { 'node_modules/native': native }, true)).toBe(false)
  const more = { 'node_modules/lib': lib, 'node_modules/native': native, 'node_modules/old': lib }
  expect(isInstalled(wanted, more, true)).toBe(false)
})
