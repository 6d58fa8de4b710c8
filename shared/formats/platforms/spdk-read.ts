import { ok, type Result } from '#shared/issue.ts'
import type { LimitKey } from '#shared/throttle/limits.ts'
import { type Draft, finishDraft, newDraft, notUnderstood, reportDoubled } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'
import { noteOverride, putOwnLimits } from '../set-limits.ts'
import { checkText } from '../text/guard.ts'
import { isObject, type JsonObject, member, parseJsonStream, textMember } from '../text/json-stream.ts'
import { shellCommands } from '../text/shell-commands.ts'
import { reportThrottling } from '../unread-throttling.ts'
import { wholeNumber } from '../whole-number.ts'
import { roundedForSpdk, SPDK_LIMITS } from './spdk-limits.ts'

// SPDK's limits of bdevs: `rpc.py bdev_set_qos_limit`, the same as JSON-RPC, a saved configuration, or what bdev_get_bdevs
// shows as assigned_rate_limits.

const METHODS: ReadonlySet<string> = new Set(['bdev_set_qos_limit', 'set_bdev_qos_limit'])
const BY_OPTION = new Map([...SPDK_LIMITS].map(([key, limit]) => [limit.option, key]))

export function readSpdk(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'structured')
  if (!checked.ok) return checked
  const draft = newDraft(checked.value)
  const read = /^\s*[[{]/.test(checked.value) ? readJson(draft, checked.value) : readScript(draft, checked.value)
  return read.ok ? finishDraft(draft, options) : read
}

function readScript(draft: Draft, text: string): Result<null> {
  for (const { text: statement, words, line, isUsed } of shellCommands(text)) {
    if (isUsed) continue
    const at = words.findIndex((word) => METHODS.has(word))
    const path = `line ${line}`
    if (at >= 0) readWords(draft, words.slice(at + 1), path)
    else if (!reportThrottling(draft, path, statement) && /qos|per[-_]sec/i.test(statement))
      notUnderstood(draft, path, `${JSON.stringify(statement.slice(0, 80))} sets no limits of a bdev`)
  }
  return ok(null)
}

function readWords(draft: Draft, words: readonly string[], path: string): void {
  const given = new Map<string, string>()
  let name: string | null = null
  let optionsEnded = false
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const option = optionsEnded ? null : /^--([\w-]+)(?:=(.*))?$/s.exec(word)
    if (word === '--' && !optionsEnded) optionsEnded = true
    else if (option?.[1] === undefined) {
      if (name === null) name = word
      else notUnderstood(draft, path, `${JSON.stringify(word.slice(0, 40))} is one name too many`)
    } else {
      const [what, to] = [option[1].replaceAll('-', '_'), option[2] ?? words[at + 1] ?? '']
      const from = given.get(what)
      if (from !== undefined) noteOverride(draft, { path, what, from, to })
      given.set(what, to)
      if (option[2] === undefined) at += 1
    }
  }
  if (name === null) notUnderstood(draft, path, 'bdev_set_qos_limit names no bdev')
  else putLimits(draft, name, given, path)
}

function readJson(draft: Draft, text: string): Result<null> {
  const parsed = parseJsonStream(text)
  if (!parsed.ok) return parsed
  for (const { value, line, doubled } of parsed.value.parts) {
    reportDoubled(draft, `line ${line}`, doubled)
    readValue(draft, value, `line ${line}`)
  }
  for (const { line, text: stray } of parsed.value.strays) reportThrottling(draft, `line ${line}`, stray)
  return ok(null)
}

/** Wherever they stand in it: commands, and bdevs that show their limits. */
function readValue(draft: Draft, value: unknown, path: string): void {
  if (Array.isArray(value)) {
    for (const each of value) readValue(draft, each, path)
    return
  }
  if (!isObject(value)) return
  const shown = member(value, 'assigned_rate_limits')
  const name = textMember(value, 'name')
  const method = textMember(value, 'method')
  const params = member(value, 'params')
  if (method !== null && METHODS.has(method) && isObject(params)) {
    const bdev = textMember(params, 'name')
    if (bdev === null) notUnderstood(draft, path, `${method} names no bdev`)
    else putLimits(draft, bdev, textsOf(params), path)
    return
  }
  if (isObject(shown) && name !== null) putLimits(draft, name, textsOf(shown), path)
  for (const [key, each] of Object.entries(value)) {
    if (key === 'assigned_rate_limits') continue
    if (isObject(each) || Array.isArray(each)) readValue(draft, each, path)
    else if (BY_OPTION.has(key) || /per_sec$/.test(key)) notUnderstood(draft, path, `${key} is in no command of a bdev`)
    else reportThrottling(draft, path, key)
  }
}

function textsOf(params: JsonObject): ReadonlyMap<string, string> {
  const given = Object.entries(params).filter(([key]) => key !== 'name')
  return new Map(given.map(([key, value]) => [key, typeof value === 'number' ? String(value) : JSON.stringify(value)]))
}

/** A limit that is not named stays; 0 takes it away. */
function putLimits(draft: Draft, id: string, given: ReadonlyMap<string, string>, path: string): void {
  const merged: Partial<Record<LimitKey, number>> = { ...draft.groups.get(id) }
  for (const [option, text] of given) {
    const key = BY_OPTION.get(option)
    const value = key === undefined ? null : wholeNumber(draft, { text, path, name: option })
    if (key === undefined) notUnderstood(draft, path, `bdev_set_qos_limit has no ${option}`)
    else if (value === 0) delete merged[key]
    else if (value !== null) merged[key] = steppedLimit(draft, { id, key, value, option, path })
  }
  putOwnLimits(draft, id, merged, path)
}

interface Found {
  readonly id: string
  readonly key: LimitKey
  readonly value: number
  readonly option: string
  readonly path: string
}

function steppedLimit(draft: Draft, { id, key, value, option, path }: Found): number {
  const limit = SPDK_LIMITS.get(key)
  const from = value * (limit?.unit ?? 1)
  const to = limit === undefined ? from : roundedForSpdk(from, limit)
  if (to !== from) {
    const message = `${option} ${value} of ${id} is ${to} in SPDK, which rounds up`
    draft.losses.push({ path, kind: 'rounded', message, from, to })
  }
  return to
}

export function detectSpdk(text: string): number {
  return /\b(bdev_set_qos_limit|set_bdev_qos_limit|assigned_rate_limits)\b/.test(text.slice(0, 262_144)) ? 0.95 : 0
}
