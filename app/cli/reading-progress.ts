import type { OpenTraceOptions } from '#main/workspace/open-trace.ts'
import { formatInteger } from '#shared/units.ts'
import type { CommandCall } from './command.ts'

const FIRST_MS = 1500
const PERIOD_MS = 2000

/** Tells on stderr how far a long recording is read, and stops reading when the command is stopped. */
export function readingProgress(file: string, { terminal, signal }: CommandCall): OpenTraceOptions {
  let dueMs = performance.now() + FIRST_MS
  return {
    signal,
    onProgress: (fraction, requests) => {
      if (performance.now() < dueMs) return
      dueMs = performance.now() + PERIOD_MS
      terminal.complain(`reading ${file}: ${Math.floor(fraction * 100)} %, ${formatInteger(requests)} requests`)
    },
  }
}
