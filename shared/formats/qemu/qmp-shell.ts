import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import type { Loss } from '../format.ts'

// Lines for QEMU's qmp-shell: `command key=value …`. Objects and lists stand as JSON without a space outside strings.
// Its values have no quotes: what looks like a number becomes one, and white space ends a value. A text that would suffer
// that is reported.

const PLAIN = /^[A-Za-z_/#.][^\s'"\\]*$/
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'None', 'True', 'False'])

export function formatQmpShell(commands: readonly QmpCommand[]): {
  readonly text: string
  readonly losses: readonly Loss[]
} {
  const losses: Loss[] = []
  const lines = commands.map((command) => {
    const words = Object.entries(command.arguments).map(
      ([key, value]) => `${key}=${formatValue(value, command, losses)}`,
    )
    return `${[command.execute, ...words].join(' ')}\n`
  })
  return { text: lines.join(''), losses }
}

function formatValue(value: unknown, command: QmpCommand, losses: Loss[]): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  if (PLAIN.test(value) && !WORDS.has(value)) return value
  const best = value.replace(/[\s'"\\]+/g, '-')
  losses.push({
    path: command.execute,
    kind: 'dropped',
    message: `qmp-shell has no quotes for ${JSON.stringify(value)}; ${best} stands there. The JSON style says it`,
    from: value,
  })
  return best
}
