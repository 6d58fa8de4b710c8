import { failed, type Issue, ok, type Result } from '#shared/issue.ts'

// The first look at a text that comes from outside: what cannot be of any use is refused before anything is built from it.
// All checks are linear in the length of the text, with a small constant.

/** Of any import; a longer trace is cut by its owner. */
export const MAX_IMPORT_CHARS = 64 * 1024 * 1024
const MAX_SETTINGS_CHARS = 8 * 1024 * 1024
const MAX_LINE_CHARS = 1024 * 1024
/** Some programs write JSON and XML on one line. */
const MAX_LONG_LINE_CHARS = 8 * 1024 * 1024
const MAX_NESTING = 64

const SAMPLE_CHARS = 64 * 1024

export type TextKind =
  /** Settings, a line each. */
  | 'lines'
  /** A recording, a line per request. */
  | 'trace'
  /** JSON or XML. */
  | 'structured'
  /** A command line, perhaps NUL-separated as /proc gives it. */
  | 'arguments'

export function checkText(text: string, kind: TextKind): Result<string> {
  const issue = sizeIssue(text, kind) ?? binaryIssue(text, kind) ?? lineIssue(text, kind)
  if (issue) return failed([issue])
  return ok(text.startsWith('\uFEFF') ? text.slice(1) : text)
}

function sizeIssue(text: string, kind: TextKind): Issue | null {
  const most = kind === 'lines' || kind === 'arguments' ? MAX_SETTINGS_CHARS : MAX_IMPORT_CHARS
  if (text.length > most) {
    return {
      path: '',
      code: 'too-large',
      message: `this has ${text.length} characters; ${most} are the most that Weir reads of this format`,
    }
  }
  if (text.trim() === '') return { path: '', code: 'empty', message: 'this is empty; there is nothing to import' }
  return null
}

function binaryIssue(text: string, kind: TextKind): Issue | null {
  const binary = { path: '', code: 'binary', message: 'this is not text but binary data; give the text form of it' }
  if (kind !== 'arguments' && text.includes('\0')) return binary
  const sample = text.slice(0, SAMPLE_CHARS)
  let strange = 0
  for (let at = 0; at < sample.length; at += 1) if (isStrange(sample.charCodeAt(at))) strange += 1
  return strange * 50 > sample.length ? binary : null
}

/** Control characters that no text has (tab, line ends, form feed and escape it may have), and what is left of broken UTF-8. */
function isStrange(code: number): boolean {
  if (code >= 0x20) return code === 0x7f || code === 0xfffd
  return code !== 0 && code !== 0x09 && code !== 0x0a && code !== 0x0c && code !== 0x0d && code !== 0x1b
}

function lineIssue(text: string, kind: TextKind): Issue | null {
  const most = kind === 'lines' || kind === 'trace' ? MAX_LINE_CHARS : MAX_LONG_LINE_CHARS
  let start = 0
  for (let line = 1; start <= text.length; line += 1) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    if (end - start > most) {
      return {
        path: `line ${line}`,
        code: 'line-too-long',
        message: `this line has ${end - start} characters; ${most} are the most. This is probably not the file you meant`,
      }
    }
    start = end + 1
  }
  return null
}

/** Nesting of brackets outside strings: a parser must not be led so deep that it runs out of stack. */
export function nestingIssue(text: string): Issue | null {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at += 1
      else if (code === 0x22) inString = false
    } else if (code === 0x22) {
      inString = true
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1
      if (depth > MAX_NESTING) {
        return {
          path: '',
          code: 'too-deep',
          message: `this is nested more than ${MAX_NESTING} levels deep; no real file is`,
        }
      }
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1
    }
  }
  return null
}
