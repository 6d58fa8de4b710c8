import type { Result } from '#shared/issue.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { type Draft, notUnderstood, reportDoubled } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { draftOf, finishMachines, newMachines } from '../machines.ts'
import { putOwnLimits } from '../set-limits.ts'
import { checkText } from '../text/guard.ts'
import { isObject, type JsonObject, member, objectMember, parseJsonStream, textMember } from '../text/json-stream.ts'
import { shellCommands } from '../text/shell-commands.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { BUCKET_OF, LIMITERS } from './token-bucket.ts'
import { readTokenBucket } from './token-bucket-read.ts'

// Firecracker's drives: its configuration file, bodies of API calls, or the curl commands that make them. The socket of a
// call is the VM that it is about.

export function readFirecracker(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'structured')
  if (!checked.ok) return checked
  const machines = newMachines(checked.value)
  if (!/\bcurl\b/.test(checked.value)) {
    const parsed = parseJsonStream(checked.value)
    if (!parsed.ok) return parsed
    for (const { value, line, doubled } of parsed.value.parts) {
      reportDoubled(machines.common, `line ${line}`, doubled)
      readValue(machines.common, value, `line ${line}`, null)
    }
    for (const { line, text: stray } of parsed.value.strays) reportThrottling(machines.common, `line ${line}`, stray)
    return finishMachines(machines, options)
  }
  for (const { text: statement, words, line, isUsed } of shellCommands(checked.value)) {
    if (isUsed) continue
    const path = `line ${line}`
    if (!words.some((word) => /(^|\/)curl$/.test(word))) {
      reportStray(machines.common, path, statement)
      continue
    }
    const socket = optionOf(words, ['--unix-socket'])
    const draft = socket === null || /^\$/.test(socket) ? machines.common : draftOf(machines, socket)
    readCall(draft, words, path)
  }
  return finishMachines(machines, options)
}

function reportStray(draft: Draft, path: string, text: string): void {
  if (/rate_limiter|one_time_burst|refill_time/.test(text))
    notUnderstood(draft, path, `${JSON.stringify(text.slice(0, 80))} belongs to no curl command`)
  else reportThrottling(draft, path, text)
}

function optionOf(words: readonly string[], names: readonly string[]): string | null {
  const at = words.findIndex((word) => names.includes(word))
  if (at >= 0) return words[at + 1] ?? null
  const joined = words.find((word) => names.some((name) => word.startsWith(`${name}=`)))
  return joined === undefined ? null : joined.slice(joined.indexOf('=') + 1)
}

function readCall(draft: Draft, words: readonly string[], path: string): void {
  const body = optionOf(words, ['-d', '--data', '--data-raw', '--data-binary', '--json'])
  const url = words.find((word) => /^https?:\/\/|^\/?\w*\/drives\//.test(word)) ?? ''
  const id = /\/drives\/([^/?#]+)/.exec(url)?.[1] ?? null
  if (body === null) {
    if (id !== null) notUnderstood(draft, path, `the call for drive ${id} has no body in this text`)
    return
  }
  const parsed = parseJsonStream(body)
  if (!parsed.ok) notUnderstood(draft, path, `the body of the call is not JSON: ${parsed.issues[0]?.message ?? ''}`)
  else
    for (const { value, doubled } of parsed.value.parts) {
      reportDoubled(draft, path, doubled)
      readValue(draft, value, path, id)
    }
}

/** A configuration, a list of drives or one drive. */
function readValue(draft: Draft, value: unknown, path: string, id: string | null): void {
  if (Array.isArray(value)) {
    for (const each of value) readValue(draft, each, path, id)
    return
  }
  if (!isObject(value)) return
  const drives = member(value, 'drives')
  if (drives !== undefined) readValue(draft, drives, path, null)
  const name = textMember(value, 'drive_id') ?? id
  if (name !== null && (member(value, 'drive_id') !== undefined || member(value, 'rate_limiter') !== undefined))
    readDrive(draft, name, value, path)
  else if (member(value, 'rate_limiter') !== undefined)
    notUnderstood(draft, path, 'rate_limiter is in something that is not a drive')
  for (const [key, each] of Object.entries(value)) {
    if (['drives', 'rate_limiter', 'drive_id'].includes(key)) continue
    if (/rate_limiter/.test(key) || /rate_limiter/.test(JSON.stringify(each ?? null)))
      notUnderstood(draft, path, `${key} has limits of something other than a drive`)
    else reportThrottling(draft, path, key)
  }
}

function readDrive(draft: Draft, id: string, drive: JsonObject, path: string): void {
  const limiter = objectMember(drive, 'rate_limiter')
  const place = `${path} drive ${id}`
  const found: Limits = Object.assign(
    {},
    ...LIMITERS.map((name) => {
      const bucket = objectMember(limiter, name)
      const number = (key: string) => numberOf(draft, member(bucket, key), `${place} ${name}`, key)
      const [size, refillMs, oneTimeBurst] = [number('size'), number('refill_time'), number('one_time_burst')]
      // A limiter of nothing takes the limit away.
      if (size === 0 && refillMs === 0) return {}
      return readTokenBucket(draft, { size, refillMs, oneTimeBurst, name }, name, place)
    }),
  )
  for (const key of Object.keys(limiter))
    if (!Object.hasOwn(BUCKET_OF, key)) notUnderstood(draft, place, `a rate limiter has no ${JSON.stringify(key)}`)
  for (const name of LIMITERS)
    for (const key of Object.keys(objectMember(limiter, name)))
      if (!['size', 'refill_time', 'one_time_burst'].includes(key))
        notUnderstood(draft, place, `${name} of a rate limiter has no ${JSON.stringify(key)}`)
  putOwnLimits(draft, id, found, path)
}

function numberOf(draft: Draft, value: unknown, path: string, key: string): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  notUnderstood(draft, path, `${key} is ${JSON.stringify(value)?.slice(0, 40)}, not a whole number`)
  return null
}

export function detectFirecracker(text: string): number {
  const head = text.slice(0, 65_536)
  return /"drive_id"\s*:/.test(head) ? 0.93 : /"rate_limiter"\s*:/.test(head) ? 0.6 : 0
}
