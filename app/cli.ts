#!/usr/bin/env node
import { inlineMore } from '#main/inline-more.ts'
import { runCli } from './cli/run-cli.ts'
import { processTerminal } from './cli/terminal.ts'

// The command line's entry: plain Node, no Electron. The exit code is set, not forced: output may still be on its way.

const SECOND_SIGNAL_EXIT = 130

/** Aborts at the first signal; the second one does not wait for a clean end. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(SECOND_SIGNAL_EXIT)
      controller.abort()
    })
  }
  return controller.signal
}

inlineMore()
process.exitCode = await runCli(process.argv.slice(2), { terminal: processTerminal(), signal: abortOnSignal() })
