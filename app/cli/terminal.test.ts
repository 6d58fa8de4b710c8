import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { shown } from './terminal.ts'

const ESC = '\u001b'

test('foreign text reaches a terminal without what a terminal would act on', () => {
  expect(shown(`name ${ESC}]0;owned\u0007 ${ESC}[2J \u202egnp \u009b31m\r`)).toBe(
    'name \\x1b]0;owned\\x07 \\x1b[2J \\u202egnp \\u009b31m\\x0d',
  )
  expect(shown('two\nlines\tand a tab')).toBe('two\nlines\tand a tab')
})

test('Weir’s own colours and its redrawing stay', () => {
  expect(shown(`${ESC}[31mbad${ESC}[39m`)).toBe(`${ESC}[31mbad${ESC}[39m`)
  expect(shown(`${ESC}[12A${ESC}[0Jtable`)).toBe(`${ESC}[12A${ESC}[0Jtable`)
  expect(shown(`a name ${ESC}[12A${ESC}[0J`)).toBe('a name \\x1b[12A\\x1b[0J')
})

test('JSON stays JSON with the same content', () => {
  const value = { name: 'a\u007f\u0085\u2028\u{e0041}' }
  expect(JSON.parse(shown(JSON.stringify(value)))).toEqual(value)
})

test('terminal.ts is the only file of the command line that writes to the terminal', () => {
  const files = [
    ...fs.readdirSync(import.meta.dirname).map((name) => path.join(import.meta.dirname, name)),
    path.join(import.meta.dirname, '../cli.ts'),
  ]
  const writing = files
    .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$/.test(file))
    .filter((file) => {
      const code = fs.readFileSync(file, 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
      return /\bprocess\.(stdout|stderr)\b|\bconsole\.|\{[^}]*\b(stdout|stderr)\b[^}]*\} = process/.test(code)
    })
  expect(writing.map((file) => path.basename(file))).toEqual(['terminal.ts'])
})
