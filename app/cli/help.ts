import type { CommandEntry, OptionEntry } from './command.ts'
import { COMMANDS, COMMON_OPTIONS } from './commands.ts'

const EXIT_CODES = 'Exit codes: 0 fine · 1 not met · 2 bad input · 3 something broke'

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

function optionRow(option: OptionEntry): readonly [string, string] {
  const value = option.value === undefined ? '' : ` ${option.value}`
  return [`--${option.name}${value}`, option.about]
}

export function usageOf(entry: CommandEntry): string {
  return ['weir', entry.name, ...entry.args, '[options]'].join(' ')
}

export function commandHelp(entry: CommandEntry): string {
  return [
    `${entry.summary}.`,
    `Usage: ${usageOf(entry)}`,
    `Options:\n${columns([...entry.options, ...COMMON_OPTIONS].map(optionRow))}`,
    `Examples:\n${entry.examples.map((example) => `  ${example}`).join('\n')}`,
    EXIT_CODES,
  ].join('\n\n')
}

export function generalHelp(version: string): string {
  const rows = COMMANDS.map((entry) => [[entry.name, ...entry.args].join(' '), entry.summary] as const)
  return [
    `weir ${version}: see, try, tune and export QEMU's disk I/O limits.`,
    'Usage: weir COMMAND [options]',
    `Commands:\n${columns(rows)}`,
    `Options:\n${columns([...COMMON_OPTIONS.map(optionRow), ['--version', 'the version of Weir']])}`,
    `More: weir COMMAND --help\n${EXIT_CODES}`,
  ].join('\n\n')
}
