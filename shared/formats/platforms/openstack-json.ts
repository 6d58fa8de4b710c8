import { ok, type Result } from '#shared/issue.ts'
import { isObject, type JsonObject, parseJsonStream } from '../text/json-stream.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { readCell, takeSize } from './openstack-commands.ts'
import { type OpenstackReading, putProperty } from './openstack-values.ts'

// What OpenStack's clients print with `-f json`, and the bodies of API calls: `{"name": …, "properties": {…}}`.

const HOLDERS: ReadonlySet<string> = new Set(['properties', 'specs', 'extra_specs', 'qos_specs', 'flavor'])

export function readOpenstackJson(reading: OpenstackReading, text: string): Result<null> {
  const parsed = parseJsonStream(text)
  if (!parsed.ok) return parsed
  for (const { value, line } of parsed.value.parts) readValue(reading, value, 'qos', `line ${line}`)
  for (const { line, text: stray } of parsed.value.strays) reportThrottling(reading.draft, `line ${line}`, stray)
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
