#!/usr/bin/env node
import { inlineMore } from '#main/inline-more.ts'
import { runCli } from './cli/run-cli.ts'
import { processTerminal } from './cli/terminal.ts'

// The command line's entry: plain Node, no Electron. The exit code is set, not forced: output may still be on its way.

const SECOND_SIGNAL_EXIT = 130

const CUT_OFF_EXIT = 3

const ending = new AbortController()
let isSignalled = false
let isCutOff = false

// The first signal aborts; the second one does not wait for a clean end.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (isSignalled) process.exit(SECOND_SIGNAL_EXIT)
    isSignalled = true
    ending.abort()
  })
}

// A command that nobody reads any more ends as by a signal: what it lifted it puts back, what it sends it reads back.
const terminal = processTerminal((why) => {
  if (why !== null) {
    terminal.complain(`weir: the output cannot be written: ${why}`)
    isCutOff = true
    process.exitCode = CUT_OFF_EXIT // the command may have ended before what it wrote was
  }
  ending.abort()
})

inlineMore()
const exit = await runCli(process.argv.slice(2), { terminal, signal: ending.signal })
if (!isCutOff) process.exitCode = exit
