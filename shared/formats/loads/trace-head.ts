// What a file of Weir's says of a whole load, in a comment before its first line: `# {"startedMs":1795856400000}`.

export interface TraceHead {
  /** When time 0 of the file was, ms since 1970; null: it does not say. */
  readonly startedMs: number | null
  /** Devices whose load followed what they were given. */
  readonly closedLoops: readonly string[]
}

const MAX_HEAD_LINES = 10

export function readTraceHead(text: string): TraceHead {
  for (const line of text.split('\n', MAX_HEAD_LINES)) {
    if (!line.startsWith('#')) break
    const facts = factsOf(line.slice(1))
    if (facts === null) continue
    const closedLoops = Array.isArray(facts.closedLoops) ? facts.closedLoops : []
    return {
      startedMs: typeof facts.startedMs === 'number' ? facts.startedMs : null,
      closedLoops: closedLoops.filter((name): name is string => typeof name === 'string'),
    }
  }
  return { startedMs: null, closedLoops: [] }
}

export function traceHeadLine(facts: Readonly<Record<string, unknown>>): string {
  return `# ${JSON.stringify(facts)}\n`
}

function factsOf(text: string): { readonly startedMs?: unknown; readonly closedLoops?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null // an ordinary comment
  }
}
