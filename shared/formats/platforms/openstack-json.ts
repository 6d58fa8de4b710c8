import { ok, type Result } from '#shared/issue.ts'
import { reportDoubled } from '../draft.ts'
import { closingOf, isObject, type JsonObject, parseJsonStream } from '../text/json-stream.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { readCell, takeSize } from './openstack-commands.ts'
import { type OpenstackReading, putProperty } from './openstack-values.ts'

// What OpenStack's clients print with `-f json`, and the bodies of API calls: `{"name": …, "properties": {…}}`.

const HOLDERS: ReadonlySet<string> = new Set(['properties', 'specs', 'extra_specs', 'qos_specs', 'flavor'])

export interface TextBlock {
  readonly isJson: boolean
  readonly text: string
  /** Its first. */
  readonly line: number
}

/** JSON that begins a text or a line, and the lines before, between and after. */
export function textBlocks(text: string): readonly TextBlock[] {
  const blocks: TextBlock[] = []
  let [at, line] = [0, 1]
  const take = (end: number, isJson: boolean): void => {
    const block = text.slice(at, end)
    if (/[^\s,;]/.test(block)) blocks.push({ isJson, text: block, line })
    line += block.split('\n').length - 1
    at = end
  }
  while (at < text.length) {
    const start = nextJson(text, at)
    const end = start === null ? null : closingOf(text, start)
    // What is never closed is JSON that was cut off, where nothing stands before it; a script may have such a bracket, too.
    if (start === null || end === null) {
      take(text.length, start !== null && text.slice(0, start).trim() === '')
      break
    }
    take(start, false)
    take(end, true)
  }
  return blocks
}

function nextJson(text: string, from: number): number | null {
  const next = /[\s,;]*(?=(?:\[\s*)?\{\s*["}])/y
  next.lastIndex = from
  const adjacent = next.exec(text)
  if (adjacent) return next.lastIndex
  const later = /^[ \t]*(?=(?:\[\s*)?\{\s*["}])/gm
  later.lastIndex = from
  const found = later.exec(text)
  return found === null ? null : found.index + found[0].length
}

export function readOpenstackJson(reading: OpenstackReading, { text, line: first }: TextBlock): Result<null> {
  const parsed = parseJsonStream(text)
  if (!parsed.ok) return parsed
  for (const { value, line, doubled } of parsed.value.parts) {
    const path = `line ${first + line - 1}`
    reportDoubled(reading.draft, path, doubled)
    readValue(reading, value, 'qos', path)
  }
  return ok(null)
}

function readValue(reading: OpenstackReading, value: unknown, above: string, path: string): void {
  if (Array.isArray(value)) for (const each of value) readValue(reading, each, above, path)
  else if (isObject(value)) readObject(reading, value, above, path)
}

function readObject(reading: OpenstackReading, value: JsonObject, above: string, path: string): void {
  const entries = Object.entries(value).map(([key, each]) => [key, key.toLowerCase(), each] as const)
  const name = entries.find(([, lower]) => lower === 'name')?.[2]
  const group = typeof name === 'string' && name !== '' ? name : above
  for (const [key, lower, each] of entries) {
    if (isObject(each) || Array.isArray(each)) readValue(reading, each, group, path)
    else if (lower === 'size') takeSize(reading, String(each))
    else if (HOLDERS.has(lower)) readCell(reading, group, String(each), path)
    else if (!putProperty(reading, { group, name: lower === 'consumer' ? lower : key, text: String(each), path }))
      reportThrottling(reading.draft, path, key)
  }
}
