import type { Result } from '#shared/issue.ts'
import { LIMIT_KEYS, type LimitKey } from '#shared/throttle/limits.ts'
import { finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { checkText } from '../text/guard.ts'
import { joinedLines } from '../text/joined-lines.ts'
import { shellCommands } from '../text/shell-commands.ts'
import { newShellVariables, type ShellVariables, usedVariables } from '../text/shell-variables.ts'
import { isOpenstackCommand, newTable, readOpenstackCommand, readRow, takeSize } from './openstack-commands.ts'
import { readOpenstackJson, type TextBlock, textBlocks } from './openstack-json.ts'
import { finishPerGb, type OpenstackReading, putProperty } from './openstack-values.ts'

interface Target {
  readonly keyOf: (key: LimitKey) => string
  readonly says: (key: LimitKey) => boolean
}

/**
 * `key = value` lines below `[group]` headings, commands of OpenStack's clients, or the tables that these print. Each group
 * gets no disk, for the properties name none.
 */
export function readOpenstackKeys(text: string, options: ReadOptions, targets: readonly Target[]): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const keys = new Map(
    targets.flatMap((target) => LIMIT_KEYS.filter(target.says).map((key) => [target.keyOf(key), key] as const)),
  )
  const draft = newDraft(checked.value)
  const reading: OpenstackReading = { draft, keys, perGb: new Map(), sizeGb: null }
  const state: LinesState = {
    table: newTable(),
    place: { group: 'qos' },
    variables: newShellVariables(),
    used: usedVariables(checked.value),
  }
  for (const [index, block] of textBlocks(checked.value).entries()) {
    const read = block.isJson ? readOpenstackJson(reading, block) : null
    if (read !== null && !read.ok && index === 0) return read
    if (read?.ok !== true) readLines(reading, state, block)
  }
  finishPerGb(reading)
  return finishDraft(draft, options)
}

/** What goes on from one piece of lines to the next. */
interface LinesState {
  readonly table: ReturnType<typeof newTable>
  readonly place: { group: string }
  readonly variables: ShellVariables
  /** Of the whole text. */
  readonly used: ReadonlySet<string>
}

function readLines(reading: OpenstackReading, state: LinesState, { text, line: first }: TextBlock): void {
  for (const { text: line, line: number } of joinedLines(text)) {
    const path = `line ${first + number - 1}`
    if (/^\s*\|.*\|\s*$/.test(line)) {
      readRow(reading, state.table, line, path)
      continue
    }
    const commands = shellCommands(line, state.variables, state.used).filter(({ isUsed }) => !isUsed)
    if (isOpenstackCommand(line) && !/^\s*#/.test(line))
      for (const command of commands) readOpenstackCommand(reading, command, path)
    else if (commands.length > 0 || /^\s*#/.test(line)) readKeyLine(reading, state.place, line, path)
  }
}

function readKeyLine(reading: OpenstackReading, place: { group: string }, line: string, path: string): void {
  const { draft } = reading
  const heading = /^\s*\[(.+)\]\s*$/.exec(line)
  const pair = /^\s*([\w:]+?)\s*[=:]\s*["']?([^\s"']+)["']?\s*$/.exec(line)
  // As a playbook names each of its specifications.
  const named = /^\s*(?:- +)?name: *["']?([^"'#]+)/.exec(line)?.[1]?.trim() ?? ''
  if (heading?.[1] !== undefined) {
    place.group = heading[1].replace(/\\([\\\]])/g, '$1')
    if (!draft.groups.has(place.group)) draft.groups.set(place.group, {})
  } else if (named !== '') {
    place.group = named
  } else if (pair?.[1] === 'size') {
    takeSize(reading, pair[2])
  } else if (
    pair?.[1] !== undefined &&
    putProperty(reading, { group: place.group, name: pair[1], text: pair[2] ?? '', path })
  ) {
    return
  } else if (line.trim() !== '' && !/^\s*([#;]|\+[-+]+\+\s*$)/.test(line)) {
    notUnderstood(draft, path, `${JSON.stringify(line.trim().slice(0, 80))} is not a limit of Cinder or Nova`)
  }
}

export function detectOpenstack(text: string): number {
  const head = text.slice(0, 16_384)
  if (/\b(openstack|cinder|nova)\b.*\b(qos|qos-create|qos-key|flavor|flavor-key)\b.*(bytes|iops)_sec/.test(head))
    return 0.92
  if (/^\s*\|.*\b(quota:disk_)?(total|read|write)_(bytes|iops)_sec.*\|\s*$/m.test(head)) return 0.92
  if (/"(quota:disk_)?(total|read|write)_(bytes|iops)_sec(_max|_per_gb)?"\s*:\s*"?\d/.test(head)) return 0.7
  return /^[ \t]*(quota:disk_)?(total|read|write)_(bytes|iops)_sec(_max|_per_gb)?\s*[=:]\s*["']?\d/m.test(head)
    ? 0.7
    : 0
}
