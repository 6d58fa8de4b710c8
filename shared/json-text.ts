import { failed, ok, type Result } from './issue.ts'

/** Parses a JSON file's text. `expected` says what the file should hold, for the one who gave an empty one. */
export function parseJsonText(text: string, expected: string): Result<unknown> {
  try {
    return ok(JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text))
  } catch (cause) {
    return failed([{ path: '', code: 'not-json', message: jsonMessage(text, cause, expected) }])
  }
}

function jsonMessage(text: string, cause: unknown, expected: string): string {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const position = /position (\d+)/.exec(reason)
  if (text.trim() === '') return `this file is empty; ${expected}`
  if (!position) return `this is not JSON: ${reason}. Perhaps the file was cut off`
  const before = text.slice(0, Number(position[1]))
  const line = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n')
  return `this is not JSON, from line ${line} column ${column} on: ${reason}. Perhaps the file was cut off`
}
