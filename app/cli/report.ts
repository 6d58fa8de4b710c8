import { EngineError } from '#main/engine-error.ts'
import { counted } from '#shared/counted.ts'
import { formatIssue, type Issue } from '#shared/issue.ts'
import { harmless } from '#shared/printable.ts'
import type { Terminal } from './terminal.ts'

// How failures are told: people get lines on stderr, programs (`--json`) one object on stdout.

export interface Reporting {
  readonly terminal: Terminal
  readonly json: boolean
  /** What was called, for the first line: `check broken.weir.json`. */
  readonly called: string
}

/** Of one call; the rest is counted. */
const MAX_TOLD = 50

export function reportIssues({ terminal, json, called }: Reporting, issues: readonly Issue[]): void {
  if (json) {
    terminal.print(JSON.stringify({ format: 'weir-error/1', called, exit: 2, issues }, null, 2))
    return
  }
  const count = counted(issues.length, 'problem')
  terminal.complain(terminal.paint.bad(`weir ${harmless(called)}: ${count}`))
  for (const issue of issues.slice(0, MAX_TOLD)) terminal.complain(`  ${harmless(formatIssue(issue))}`)
  if (issues.length > MAX_TOLD) terminal.complain(`  … and ${issues.length - MAX_TOLD} more`)
}

export function reportBroken({ terminal, json, called }: Reporting, error: unknown): void {
  const { code, message, advice } = describe(error)
  if (json) {
    terminal.print(JSON.stringify({ format: 'weir-error/1', called, exit: 3, code, message, advice }, null, 2))
    return
  }
  terminal.complain(terminal.paint.bad(`weir ${harmless(called)}: ${harmless(message)}`))
  if (advice !== '') terminal.complain(`  ${harmless(advice)}`)
}

function describe(error: unknown): { readonly code: string; readonly message: string; readonly advice: string } {
  if (error instanceof EngineError) return error
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'defect', message: `a bug in Weir: ${stack}`, advice: 'Please report it with the lines above.' }
}
