import { failed, ok, type Result } from '#shared/issue.ts'
import { nestingIssue } from '../text/guard.ts'
import { isObject, type JsonPart, type JsonStream, parseJsonStream } from '../text/json-stream.ts'

// QEMU's qmp-shell: `command key=value …` behind `(QEMU)` or alone, with QEMU's replies as JSON between, as the same parts
// that a QMP script of JSON has. A value is a number, a truth value, JSON, or else text; a key with dots nests.

const COMMAND = /^(?:\(QEMU\)[ \t]*)?([a-z][a-z0-9_-]*)((?:[ \t]+[A-Za-z][\w.-]*=.*)?)[ \t]*$/
const BANNER = /^(Welcome to the QMP|Connected to QEMU|\(QEMU\)\s*$|transaction\(|\)\s*$)/

export function isQmpShell(text: string): boolean {
  return /^\(QEMU\)[ \t]|^[ \t]*(block_set_io_throttle|object-add|blockdev-add|blockdev-reopen|qom-set)[ \t]+[A-Za-z][\w.-]*=/m.test(
    text.slice(0, 8192),
  )
}

export function parseQmpShell(text: string): Result<JsonStream> {
  const deep = nestingIssue(text)
  if (deep) return failed([deep])
  const parts: JsonPart[] = []
  const strays: { line: number; text: string }[] = []
  let between: string[] = []
  let betweenLine = 1
  const flush = (): Result<null> => {
    const stream = parseJsonStream(between.join('\n'))
    if (!stream.ok) return stream
    const moved = <T extends { readonly line: number }>(each: T): T => ({ ...each, line: each.line + betweenLine - 1 })
    parts.push(...stream.value.parts.map(moved))
    strays.push(...stream.value.strays.map(moved))
    return ok(null)
  }
  for (const [index, line] of [...text.split(/\r?\n/), 'end'].entries()) {
    const command = COMMAND.exec(line)
    if (command === null) {
      between.push(BANNER.test(line) ? '' : line)
      continue
    }
    const flushed = flush()
    if (!flushed.ok) return flushed
    between = []
    betweenLine = index + 2
    parts.push(partOf(command[1] ?? '', command[2] ?? '', index + 1))
  }
  return ok({ parts: parts.slice(0, -1), strays })
}

/** White space ends a word, but not inside quotes, which stay. */
const WORD = /(?:[^\s"']|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')+/g

function partOf(command: string, rest: string, line: number): JsonPart {
  const args: Record<string, unknown> = {}
  let doubled: string | null = null
  for (const [word] of rest.matchAll(WORD)) {
    const equals = word.indexOf('=')
    const value = parseShellValue(word.slice(equals + 1))
    doubled ??= value.doubled
    place(args, word.slice(0, Math.max(0, equals)).split('.').slice(0, 32), value.value)
  }
  return { value: { execute: command, arguments: args }, line, doubled }
}

function parseShellValue(text: string): Omit<JsonPart, 'line'> {
  if (/^[+-]?\d+$/.test(text)) return { value: Number(text), doubled: null }
  if (/^(true|false)$/i.test(text)) return { value: text.toLowerCase() === 'true', doubled: null }
  if (/^[{[]/.test(text)) {
    const stream = parseJsonStream(text)
    const part = stream.ok ? stream.value.parts[0] : undefined
    if (part !== undefined) return part
  }
  return { value: text, doubled: null }
}

/** Keys of Object.prototype are own keys like any other here. */
function place(args: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) {
    Object.defineProperty(args, key, { value, enumerable: true, configurable: true, writable: true })
    return
  }
  const known = Object.hasOwn(args, key) ? args[key] : undefined
  const child: Record<string, unknown> = isObject(known) ? { ...known } : {}
  place(child, rest, value)
  Object.defineProperty(args, key, { value: child, enumerable: true, configurable: true, writable: true })
}
