// npm run soak -- --minutes N [--seed S]: see soak.ts. Built from the sources like the benchmarks.
import { runBuilt } from './run-built.mjs'

// Memory is watched without V8's reserves. Garbage is collected wholly each time: an iothread never returns to its event loop, so
// V8 never finds it idle and would leave old garbage for hours. And the room for new objects, which V8 doubles up to 16 MiB
// a thread whenever it likes, is small from the start.
const FLAGS = ['--gc-global', '--max-semi-space-size=4']

process.exitCode = await runBuilt('bench/soak.ts', 'soak', FLAGS)
