import type { Host } from '#main/live/host/host.ts'
import type { Terminal } from './terminal.ts'

/** Ends the looks, and says what there were no percentiles of and what stays in a VM. */
export async function finishHost(host: Host, terminal: Terminal): Promise<void> {
  const without = host.histogramProblems()
  for (const text of [...without, ...(await host.finish())]) terminal.complain(terminal.paint.warn(text))
}
