import type { z } from 'zod'
import type { Issue } from '../issue.ts'

// zod's complaints as Weir's issues: the place as people write it, the value that stands there, what would be right.

type ZodIssue = z.core.$ZodIssue

/** `['devices', 2, 'disk', 'sizeBytes']` → `devices[2].disk.sizeBytes`. Keys with dots or spaces stay readable: `groups["a b"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const key = String(part)
    if (!/^[\p{L}\p{N}_$-]+$/u.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined // own keys of unknown JSON
  }
  return value
}

/** The value as JSON, short enough for one line of an error. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  if (text === undefined) return String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** A union's complaint is that of the branch that came furthest: the one with the longest path, then the fewest complaints. */
function bestBranch(branches: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] {
  const depth = (issues: readonly ZodIssue[]) => issues.reduce((most, issue) => Math.max(most, issue.path.length), 0)
  const clash = (issues: readonly ZodIssue[]) => issues.filter((issue) => issue.code === 'unrecognized_keys').length
  return [...branches].sort((a, b) => clash(a) - clash(b) || depth(b) - depth(a) || a.length - b.length)[0] ?? []
}

/** What a person calls zod's types. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['int', 'a whole number'],
  ['number', 'a number'],
  ['string', 'a text in quotes'],
  ['boolean', 'true or false'],
  ['array', 'a list in [ ]'],
  ['object', 'an object in { }'],
  ['record', 'an object in { }'],
])

function allowed(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS.get(issue.expected) ?? `a value of type ${issue.expected}`
    case 'too_small':
      return issue.origin === 'string'
        ? `at least ${issue.minimum} character${issue.minimum === 1 ? '' : 's'}`
        : issue.origin === 'array'
          ? `at least ${issue.minimum} entr${issue.minimum === 1 ? 'y' : 'ies'}`
          : `a number ${issue.inclusive ? 'from' : 'above'} ${issue.minimum}`
    case 'too_big':
      return issue.origin === 'string'
        ? `at most ${issue.maximum} characters`
        : issue.origin === 'array'
          ? `at most ${issue.maximum} entries`
          : `a number ${issue.inclusive ? 'up to' : 'below'} ${issue.maximum}`
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ')
    default:
      return issue.message
  }
}

function issueOf(issue: ZodIssue, input: unknown, base: readonly PropertyKey[]): readonly Issue[] {
  const path = [...base, ...issue.path]
  const value = valueAt(input, path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_COMPLAINTS).map((key) => ({
      path: formatPath([...path, key]),
      code: 'unknown-key',
      message: `${JSON.stringify(key)} is not a key that Weir knows here; remove it or fix its spelling`,
    }))
  }
  if (issue.code === 'invalid_union') {
    if (issue.errors.length > 0) return bestBranch(issue.errors).flatMap((each) => issueOf(each, input, path))
    const options = (issue as { options?: readonly unknown[] }).options ?? []
    return [
      {
        path: formatPath(path),
        code: 'wrong-value',
        message: `${showValue(value)} is not valid; use ${options.map((option) => JSON.stringify(option)).join(' or ')}`,
      },
    ]
  }
  if (issue.code === 'invalid_key') {
    const reasons = issue.issues.map((each) => allowed(each as ZodIssue)).join(', ')
    return [{ path: formatPath(path), code: 'wrong-name', message: `this name is not valid; use ${reasons}` }]
  }
  if (value === undefined && (issue.code === 'invalid_type' || issue.code === 'custom')) {
    return [{ path: formatPath(path), code: 'missing', message: `this is missing; give ${allowed(issue)}` }]
  }
  return [
    {
      path: formatPath(path),
      code: issue.code === 'invalid_type' ? 'wrong-type' : 'wrong-value',
      message: `${showValue(value)} is not valid; use ${allowed(issue)}`,
    },
  ]
}

/** More of one file nobody reads. */
const MAX_COMPLAINTS = 1000

/** Every complaint of `error`, the first thousand, about `input`, at its place below `base`. */
export function issuesOfZod(
  error: { readonly issues: readonly ZodIssue[] },
  input: unknown,
  base: readonly PropertyKey[] = [],
): readonly Issue[] {
  return error.issues.slice(0, MAX_COMPLAINTS).flatMap((issue) => issueOf(issue, input, base))
}
