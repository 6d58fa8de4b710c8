import { expect, test } from 'vitest'
import type { Format, WriteOptions } from '#shared/formats/format.ts'
import { failed, ok } from '#shared/issue.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { choose, contentsOf, languageOf, previewOf, suggestedFileName, writableFamilies } from './export-model.ts'

const seen: WriteOptions[] = []

const FORMAT: Format = {
  id: 'demo',
  title: 'Demo',
  family: 'Others',
  direction: 'out',
  fileExtension: '.txt',
  note: '',
  options: [
    { key: 'style', label: 'Style', help: '', kind: 'choice', choices: [], preset: 'lines' },
    { key: 'since', label: 'Since', help: '', kind: 'workspace', choices: [], preset: '' },
    { key: 'vm', label: 'VM', help: '', kind: 'text', choices: [], preset: '' },
  ],
  write: (workspace, options) => {
    seen.push(options)
    if (options.vm === 'bad') return failed([{ path: 'vm', code: 'bad', message: 'no' }])
    return ok({ text: workspace.name, losses: [{ path: 'a', kind: 'dropped', message: 'x' }], notes: ['n'] })
  },
}
const READER: Format = { ...FORMAT, id: 'reader', direction: 'in' }
const { write: _write, ...ONLY_IN } = READER

test('only formats that write are offered, families in order, none empty', () => {
  const sections = writableFamilies([FORMAT, ONLY_IN, { ...FORMAT, id: 'q', family: 'QEMU' }])
  expect(sections.map(({ family, formats }) => [family, formats.map(({ id }) => id)])).toEqual([
    ['QEMU', ['q']],
    ['Others', ['demo']],
  ])
})

test('presets and choices become options; what is empty or not at hand is left out', () => {
  seen.length = 0
  previewOf(FORMAT, EMPTY_WORKSPACE, {}, { saved: null })
  const choices = choose({}, 'demo', 'vm', 'web')
  previewOf(FORMAT, EMPTY_WORKSPACE, choices, { saved: null, vm: EMPTY_WORKSPACE })
  previewOf(FORMAT, EMPTY_WORKSPACE, choose(choices, 'demo', 'since', 'saved'), { saved: null, vm: EMPTY_WORKSPACE })
  expect(seen).toEqual([
    { style: 'lines' },
    { style: 'lines', since: EMPTY_WORKSPACE, vm: 'web' },
    { style: 'lines', vm: 'web' },
  ])
})

test('a preview carries its losses and their sum; a refusal its issues', () => {
  expect(previewOf(FORMAT, EMPTY_WORKSPACE, {}, {})).toMatchObject({
    kind: 'written',
    text: 'Untitled',
    notes: ['n'],
    summary: { badge: '1 lost', exact: false },
  })
  const refused = previewOf(FORMAT, EMPTY_WORKSPACE, choose({}, 'demo', 'vm', 'bad'), {})
  expect(refused).toEqual({ kind: 'refused', issues: [{ path: 'vm', code: 'bad', message: 'no' }] })
})

test('a text is coloured by its ending, else by its beginning', () => {
  expect([
    languageOf('.conf', ''),
    languageOf('.txt', ' {"a": 1}'),
    languageOf('.txt', '<domain>'),
    languageOf('.txt', 'qm set 1'),
  ]).toEqual(['ini', 'json', 'xml', 'shell'])
})

test('the suggested name comes from the document, without what file systems refuse', () => {
  expect(suggestedFileName('vm web.weir.json', 'x', FORMAT)).toBe('vm web.demo.txt')
  expect(suggestedFileName(null, 'a/b: c', FORMAT)).toBe('a-b- c.demo.txt')
  expect(suggestedFileName(null, '', FORMAT)).toBe('weir.demo.txt')
})

test('the subtitle counts in words', () => {
  expect(contentsOf({ ...EMPTY_WORKSPACE, name: 'vm', groups: { a: {} } })).toBe('vm · 1 group, 0 devices')
})
