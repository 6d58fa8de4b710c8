import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { parseDurationS } from '#shared/units.ts'
import type { OptionValues } from './command.ts'

// Readers of option values: the default when the option was not given, the value, or what is wrong with it.

export function textOption<T extends string | null>(options: OptionValues, name: string, fallback: T): string | T {
  const value = options[name]
  return typeof value === 'string' ? value : fallback
}

/** Every value of an option that repeats, in the order given. */
export function listOption(options: OptionValues, name: string): readonly string[] {
  const value = options[name]
  return typeof value === 'object' ? value : []
}

export function flagOption(options: OptionValues, name: string): boolean {
  return options[name] === true
}

/** `10s`, `500ms`, `1h`, `90` → seconds, above 0. */
export function durationOption<T extends number | null>(
  options: OptionValues,
  name: string,
  fallback: T,
): Result<number | T> {
  const text = textOption(options, name, null)
  if (text === null) return ok(fallback)
  const seconds = parseDurationS(text)
  if (typeof seconds === 'number' && seconds > 0) return ok(seconds)
  return failed([optionIssue(name, text, 'a time above 0, such as 10s, 500ms, 1.5m or 1h')])
}

export function integerOption<T extends number | null>(
  options: OptionValues,
  name: string,
  range: { readonly min: number; readonly max: number; readonly fallback: T },
): Result<number | T> {
  const text = textOption(options, name, null)
  if (text === null) return ok(range.fallback)
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.min && value <= range.max) return ok(value)
  return failed([optionIssue(name, text, `a whole number from ${range.min} to ${range.max}`)])
}

/** For a command that takes a file, or an option instead of it. */
export function missingFile(command: string): Issue {
  const message = `this is missing; use weir ${command} FILE, or weir ${command} --policy FILE --from HOST for a host`
  return { path: 'FILE', code: 'missing-argument', message }
}

export function optionIssue(name: string, value: string, right: string): Issue {
  return {
    path: `--${name}`,
    code: 'option-value',
    message: `${JSON.stringify(value)} is not valid; use ${right}`,
  }
}
