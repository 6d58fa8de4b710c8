import { expect, test } from 'vitest'
import { whyNotPlainJson } from './plain-json.ts'

function cycle(): unknown {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}

/** 2^40 paths through 40 objects. */
function bush(): unknown {
  let value: unknown = 1
  for (let level = 0; level < 40; level += 1) value = { left: value, right: value }
  return value
}

test('a tree of JSON values is plain, shared branches included', () => {
  const shared = { kind: 'file' }
  expect(whyNotPlainJson({ a: [1, 'x', null, true, shared], b: shared }, 100)).toBeNull()
})

test('everything else is told apart', () => {
  const values = [cycle(), bush(), new Map(), new Date(0), new Uint8Array(1), undefined, 1n, { a: undefined }]
  expect(values.map((value) => whyNotPlainJson(value, 1000))).toEqual([
    'more than 100 levels',
    'more than 1000 values',
    'an object of a class',
    'an object of a class',
    'an object of a class',
    'a value of type undefined',
    'a value of type bigint',
    'a value of type undefined',
  ])
})
