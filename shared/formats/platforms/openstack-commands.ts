import { notUnderstood } from '../draft.ts'
import type { ShellCommand } from '../text/shell-commands.ts'
import { isVariable } from '../text/shell-variables.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { dropProperty, type OpenstackReading, putProperty } from './openstack-values.ts'

// Commands of OpenStack's clients that set limits, and the tables that they print.

const COMMAND = /(?:^|\s|\/)(openstack|cinder|nova)\s/

export function isOpenstackCommand(text: string): boolean {
  return COMMAND.test(text)
}

export function readOpenstackCommand(reading: OpenstackReading, { text, words }: ShellCommand, path: string): void {
  const at = words.findIndex((word) => /(^|\/)(openstack|cinder|nova)$/.test(word))
  const rest = words.slice(at + 1)
  const line = rest.join(' ')
  const verb = /\b(?:volume qos|flavor) (create|set|unset)\b/.exec(line)?.[1]
  if (verb !== undefined) {
    readProperties(reading, rest.slice(rest.indexOf(verb) + 1), verb, path)
    return
  }
  const old = rest.findIndex((word) => ['qos-create', 'qos-key', 'flavor-key'].includes(word))
  if (old >= 0) {
    const [group = '', second = '', ...more] = rest.slice(old + 1)
    const isKey = rest[old] !== 'qos-create'
    const pairs = isKey ? more : [second, ...more]
    sayUnknownName(reading, group, path)
    for (const pair of pairs) readPair(reading, group, pair, { isUnset: isKey && second === 'unset', path })
    return
  }
  if (/\bvolume create\b/.test(line)) takeSize(reading, /--size[ =](\d+)/.exec(line)?.[1])
  else reportThrottling(reading.draft, path, text)
}

/** `[--consumer C] [--property K=V]… NAME`, in any order. */
function readProperties(reading: OpenstackReading, words: readonly string[], verb: string, path: string): void {
  const pairs: string[] = []
  let name = ''
  let optionsEnded = false
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const option = optionsEnded ? null : /^(--[\w-]+)(?:=(.*))?$/s.exec(word)
    if (word === '--' && !optionsEnded) optionsEnded = true
    else if (option === null) name = word
    else if (!['--public', '--private', '--no-property'].includes(option[1] ?? '')) {
      const value = option[2] ?? words[at + 1] ?? ''
      if (option[2] === undefined) at += 1
      if (option[1] === '--property') pairs.push(value)
      else if (option[1] === '--consumer') pairs.push(`consumer=${value}`)
    }
  }
  if (name === '') notUnderstood(reading.draft, path, `${verb} names no specification and no flavor`)
  else if (pairs.length > 0) sayUnknownName(reading, name, path)
  for (const pair of pairs) readPair(reading, name, pair, { isUnset: verb === 'unset', path })
}

function sayUnknownName({ draft }: OpenstackReading, name: string, path: string): void {
  if (!isVariable(name)) return
  const message = `the name ${JSON.stringify(name)} is a shell variable; what it stands for is not in this text`
  notUnderstood(draft, path, message)
}

function readPair(
  reading: OpenstackReading,
  group: string,
  pair: string,
  { isUnset, path }: { readonly isUnset: boolean; readonly path: string },
): void {
  const equals = pair.indexOf('=')
  const name = equals < 0 ? pair : pair.slice(0, equals)
  if (isUnset) dropProperty(reading, group, name)
  else if (!putProperty(reading, { group, name, text: pair.slice(equals + 1), path }))
    reportThrottling(reading.draft, path, pair)
}

export function takeSize(reading: OpenstackReading, text: string | undefined): void {
  if (text !== undefined && /^\d{1,9}$/.test(text)) reading.sizeGb = Number(text)
}

/** Where the rows of a table stand. */
export interface Table {
  /** Columns of a list; null: a field and its value a row. */
  columns: readonly string[] | null
  field: string
  group: string
}

export function newTable(): Table {
  return { columns: null, field: '', group: 'qos' }
}

/** `| field | value |`, or a row of a list below its heading. */
export function readRow(reading: OpenstackReading, table: Table, line: string, path: string): void {
  const cells = line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim())
  const lower = cells.map((cell) => cell.toLowerCase())
  if (/^(field|property)$/.test(lower[0] ?? '') && lower[1] === 'value') {
    table.columns = null
    return
  }
  if (lower.includes('name') && (lower.includes('properties') || lower.includes('specs'))) {
    table.columns = lower
    return
  }
  if (table.columns !== null) {
    const cell = (...names: readonly string[]) =>
      cells[table.columns?.findIndex((name) => names.includes(name)) ?? -1] ?? ''
    readCell(reading, cell('name'), cell('properties', 'specs'), path)
    if (cell('consumer') !== '')
      putProperty(reading, { group: cell('name'), name: 'consumer', text: cell('consumer'), path })
    return
  }
  const [field = '', ...rest] = cells
  const value = rest.join('|')
  if (field !== '') table.field = field.toLowerCase()
  if (table.field === 'name') table.group = value
  else if (table.field === 'size') takeSize(reading, value)
  else readCell(reading, table.group, `${/^[\w:]*(bytes|iops)_sec/.test(field) ? `${field}=` : ''}${value}`, path)
  if (table.field === 'consumer') putProperty(reading, { group: table.group, name: 'consumer', text: value, path })
}

/** `total_iops_sec='500', read_bytes_sec='5'`; also with colons, as cinder prints it, or as JSON. */
export function readCell(reading: OpenstackReading, group: string, cell: string, path: string): void {
  const found = cell.matchAll(/([A-Za-z_][\w:]*[A-Za-z_])["']?\s*[=:]\s*["']?([^\s"',}]+)/g)
  let count = 0
  for (const [, name = '', text = ''] of found) if (putProperty(reading, { group, name, text, path })) count += 1
  if (count === 0) reportThrottling(reading.draft, path, cell)
}
