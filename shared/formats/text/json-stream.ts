import { failed, ok, type Result } from '#shared/issue.ts'
import { keyIssues } from '#shared/json-text.ts'
import { nestingIssue } from './guard.ts'

// JSON as QMP's logs have it: one value, or many, one a line or several or spread over lines, with single quotes where
// QEMU's own examples have them, and with `->`, `<-` or time stamps between.

export interface JsonPart {
  readonly value: unknown
  /** 1-based, of its first character. */
  readonly line: number
  /** A key that is there twice, of which only the last is in `value`: a sentence about it. QEMU refuses such a text. */
  readonly doubled: string | null
}

export interface JsonStream {
  readonly parts: readonly JsonPart[]
  /** Pieces of text between the values that are not the usual arrows, with their lines. */
  readonly strays: readonly { readonly line: number; readonly text: string }[]
}

const MAX_PARTS = 200_000
const LINE_END = 0x0a

/** Every JSON object or array at the top level of `text`. */
export function parseJsonStream(text: string): Result<JsonStream> {
  const deep = nestingIssue(text)
  if (deep) return failed([deep])
  const parts: JsonPart[] = []
  const strays: { line: number; text: string }[] = []
  let line = 1
  let at = 0
  while (at < text.length) {
    const start = nextOpening(text, at)
    const between = text.slice(at, start)
    if (!/^[\s<>,;:-]*$/.test(between)) {
      const begins = at + between.length - between.trimStart().length
      strays.push({ line: line + countLines(text, at, begins), text: between.trim().slice(0, 80) })
    }
    line += countLines(text, at, start)
    if (start >= text.length) break
    const end = closingOf(text, start)
    const piece = end === null ? null : parseLenient(text.slice(start, end))
    if (end === null || piece === null) {
      return failed([
        {
          path: `line ${line}`,
          code: 'not-json',
          message: `this is not JSON${end === null ? ': it is cut off before the last bracket is closed' : `: ${jsonReason(text.slice(start, end))}`}`,
        },
      ])
    }
    if (parts.length >= MAX_PARTS) {
      return failed([
        {
          path: `line ${line}`,
          code: 'too-many',
          message: `this has more than ${MAX_PARTS} JSON values; cut it first`,
        },
      ])
    }
    parts.push({ ...piece, line })
    line += countLines(text, start, end)
    at = end
  }
  return ok({ parts, strays })
}

function nextOpening(text: string, from: number): number {
  const pattern = /[{[]/g
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}

function countLines(text: string, from: number, to: number): number {
  // indexOf would search the rest of a text of one line, for each of its values.
  let count = 0
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) === LINE_END) count += 1
  return count
}

/** Index behind the bracket that closes the one at `start`; null: never closed. */
export function closingOf(text: string, start: number): number | null {
  const pattern = /["'{}[\]\\]/g
  pattern.lastIndex = start
  let depth = 0
  let quote = ''
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const char = found[0]
    if (char === '\\') pattern.lastIndex += 1
    else if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else depth += char === '{' || char === '[' ? 1 : -1
    if (depth === 0) return found.index + 1
  }
  return null
}

function parseLenient(piece: string): Omit<JsonPart, 'line'> | null {
  try {
    return parseStrict(piece)
  } catch {
    // QEMU's parser takes single quotes too; only a text that uses them is tried again.
    if (!piece.includes("'")) return null
  }
  try {
    return parseStrict(withDoubleQuotes(piece))
  } catch {
    return null
  }
}

function parseStrict(piece: string): Omit<JsonPart, 'line'> {
  const value: unknown = JSON.parse(withDoublesAsText(piece))
  return { value, doubled: keyIssues(piece)[0]?.message ?? null }
}

const STRING_OR_NUMBER =
  /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\w.+-])(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/gs

/** `5.0` and `1e3` are whole numbers to JavaScript alone: QEMU and its like take none of them for an integer. */
export function withDoublesAsText(json: string): string {
  if (!/\d(?:\.\d|[eE])/.test(json)) return json
  return json.replace(STRING_OR_NUMBER, (whole, number?: string) =>
    number !== undefined && /[.eE]/.test(number) && Number.isInteger(Number(number)) ? `"${number}"` : whole,
  )
}

function withDoubleQuotes(piece: string): string {
  return piece.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|'([^'\\]*(?:\\.[^'\\]*)*)'/gs, (whole, single: string | undefined) =>
    single === undefined ? whole : `"${single.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`,
  )
}

function jsonReason(piece: string): string {
  try {
    JSON.parse(piece)
    return 'its quotes do not match'
  } catch (cause) {
    return cause instanceof Error ? cause.message.slice(0, 200) : String(cause)
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of unknown JSON, its own ones only. */
export function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

export function textMember(value: unknown, key: string): string | null {
  const each = member(value, key)
  return typeof each === 'string' ? each : null
}

export function objectMember(value: unknown, key: string): JsonObject {
  const each = member(value, key)
  return isObject(each) ? each : {}
}
