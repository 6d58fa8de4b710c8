import { failed, type Issue, ok, type Result } from './issue.ts'

/** Parses a JSON file's text. `expected` says what the file should hold, for the one who gave an empty one. */
export function parseJsonText(text: string, expected: string): Result<unknown> {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  try {
    const value: unknown = JSON.parse(plain)
    const issues = keyIssues(plain)
    return issues.length > 0 ? failed(issues) : ok(value)
  } catch (cause) {
    return failed([{ path: '', code: 'not-json', message: jsonMessage(text, cause, expected) }])
  }
}

interface Level {
  /** Line of each key; null: an array. */
  readonly keys: Map<string, number> | null
  /** Whether a key comes next. */
  isBeforeKey: boolean
}

const MAX_KEY_ISSUES = 20

/**
 * Keys of JSON that a parser passes over in silence: of two alike only the last counts, and `__proto__` is dropped.
 * `text` is JSON.
 */
export function keyIssues(text: string): readonly Issue[] {
  const issues: Issue[] = []
  const levels: Level[] = []
  const pattern = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],\n]/g
  let line = 1
  for (let found = pattern.exec(text); found && issues.length < MAX_KEY_ISSUES; found = pattern.exec(text)) {
    const [token] = found
    const level = levels.at(-1)
    if (token === '\n') line += 1
    else if (token === '{') levels.push({ keys: new Map(), isBeforeKey: true })
    else if (token === '[') levels.push({ keys: null, isBeforeKey: false })
    else if (token === '}' || token === ']') levels.pop()
    else if (level === undefined || level.keys === null) continue
    else if (token === ',') level.isBeforeKey = true
    else if (level.isBeforeKey) {
      level.isBeforeKey = false
      const issue = keyIssue(level.keys, token, line)
      if (issue !== null) issues.push(issue)
    }
  }
  return issues
}

function keyIssue(keys: Map<string, number>, token: string, line: number): Issue | null {
  const key = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1) // a string's text is a string
  const path = `line ${line}`
  if (key === '__proto__') {
    return { path, code: 'reserved-key', message: '"__proto__" is not valid as a name or key; use another' }
  }
  const first = keys.get(key)
  if (first === undefined) {
    keys.set(key, line)
    return null
  }
  const message = `${JSON.stringify(key.slice(0, 80))} appears here a second time (first in line ${first}), and only one would count; remove one`
  return { path, code: 'duplicate-key', message }
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
