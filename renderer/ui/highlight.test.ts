import { expect, test } from 'vitest'
import { type CodeLanguage, highlightLine } from './highlight.ts'

const NAMES = new Set(['gold', 'db-primary'])

/** Keys in ‹›, names in «», comments in ⟦⟧. */
function check(language: CodeLanguage, line: string, expected: string) {
  const marks = { plain: ['', ''], key: ['‹', '›'], name: ['«', '»'], comment: ['⟦', '⟧'] } as const
  const tokens = highlightLine(line, language, NAMES)
  expect(tokens.map(({ kind, text }) => `${marks[kind][0]}${text}${marks[kind][1]}`).join('')).toBe(expected)
  expect(tokens.map(({ text }) => text).join('')).toBe(line)
}

test('JSON keys are keys, and strings that name a group or device are names', () => {
  check(
    'json',
    '{"execute":"object-add","arguments":{"id":"gold","n":1000,"odd":"a\\"b: gold"}}',
    '{‹"execute"›:"object-add",‹"arguments"›:{‹"id"›:«"gold"»,‹"n"›:1000,‹"odd"›:"a\\"b: gold"}}',
  )
})

test('shell options and assignments are keys', () => {
  check(
    'shell',
    "qemu -object throttle-group,id=gold,x-iops-total=1000 --name 'db-primary' # now",
    "qemu ‹-object› throttle-group,‹id›=«gold»,‹x-iops-total›=1000 ‹--name› '«db-primary»' ⟦# now⟧",
  )
})

test('XML tags are keys, text between them may be a name', () => {
  check('xml', '  <group_name>gold</group_name>', '  ‹<group_name>›«gold»‹</group_name>›')
  check('xml', "<throttlefilter group='gold'/><!-- x -->", "‹<throttlefilter› group='«gold»'‹/>›⟦<!-- x -->⟧")
})

test('INI and CSV', () => {
  check('ini', 'scsi0: local:vm-1,iops_rd=5,name=gold', '‹scsi0›: local:vm-1,‹iops_rd›=5,‹name›=«gold»')
  check('csv', 'gold,1000,"x"', '«gold»,1000,"x"')
})

test('a line that is too long says how much is left out', () => {
  const tokens = highlightLine('x'.repeat(10_000), 'text', NAMES)
  expect(tokens.map(({ kind, text }) => [kind, text.length])).toEqual([
    ['plain', 4000],
    ['comment', 36],
  ])
  expect(tokens[1]?.text).toBe(' … 6000 more characters in this line')
})
