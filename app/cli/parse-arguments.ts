import { type ParseArgsConfig, parseArgs } from 'node:util'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { CommandEntry, OptionEntry, OptionValues } from './command.ts'
import { COMMON_OPTIONS } from './commands.ts'
import { usageOf } from './help.ts'

// Node's own parser rather than a library: values stay the text that was typed (`--group 007` is not 7), and every
// mistake is ours to say in full.

export interface ParsedArguments {
  readonly args: readonly string[]
  readonly options: OptionValues
}

export function parseArguments(entry: CommandEntry, argv: readonly string[]): Result<ParsedArguments> {
  const known = [...entry.options, ...COMMON_OPTIONS]
  const { tokens } = parseArgs({ args: [...argv], options: parserOptions(known), strict: false, tokens: true })
  const args: string[] = []
  const options: Record<string, string | true | readonly string[]> = {}
  const issues: Issue[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value)
    if (token.kind !== 'option') continue
    const issue = optionIssue(entry, known, token)
    if (issue) {
      issues.push(issue)
      continue
    }
    const isList = known.some((option) => option.name === token.name && option.repeats)
    const before = options[token.name]
    const list = typeof before === 'object' ? before : []
    options[token.name] = isList ? [...list, token.value ?? ''] : (token.value ?? true)
  }
  if (issues.length > 0) return failed(issues)
  const count = options.help === true ? null : countIssue(entry, args)
  return count ? failed([count]) : ok({ args, options })
}

function parserOptions(known: readonly OptionEntry[]): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    known.map((option) => [
      option.name,
      {
        type: option.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(option.short !== undefined && { short: option.short }),
      },
    ]),
  )
}

function optionIssue(
  entry: CommandEntry,
  known: readonly OptionEntry[],
  token: { readonly name: string; readonly rawName: string; readonly value: string | undefined },
): Issue | null {
  const option = known.find((each) => each.name === token.name)
  const issue = (code: string, message: string): Issue => ({ path: token.rawName, code, message })
  const isWritten = token.rawName.startsWith('--') || token.rawName === `-${option?.short}`
  if (option === undefined || !isWritten) {
    const names = known.map((each) => `--${each.name}`).join(', ')
    return issue('unknown-option', `weir ${entry.name} has no such option; it takes ${names}`)
  }
  if (option.value === undefined && token.value !== undefined) {
    return issue('option-value', `this option takes no value; leave ${JSON.stringify(token.value)} out`)
  }
  // A value that looks like an option is most likely a forgotten value: `--duration --json`.
  if (option.value !== undefined && (token.value === undefined || /^--?[a-z]/.test(token.value))) {
    return issue('option-value', `the value is missing; write ${token.rawName} ${option.value}`)
  }
  return null
}

function countIssue(entry: CommandEntry, args: readonly string[]): Issue | null {
  const required = entry.args.filter((arg) => !arg.startsWith('['))
  const endless = entry.args.some((arg) => arg.includes('...'))
  const missing = required[args.length]
  if (missing !== undefined) {
    return { path: missing, code: 'missing-argument', message: `this is missing; usage: ${usageOf(entry)}` }
  }
  const extra = args[entry.args.length]
  if (extra === undefined || endless) return null
  return { path: extra, code: 'extra-argument', message: `unexpected argument; usage: ${usageOf(entry)}` }
}
