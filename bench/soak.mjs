// npm run soak -- --minutes N [--seed S]: see soak.ts. Built from the sources like the benchmarks.
import { runBuilt } from './run-built.mjs'

// Garbage is collected wholly each time: an iothread never returns to its event loop, so V8 never finds it idle and would
// leave old garbage for hours, and growth would be seen where nothing is held.
process.exitCode = await runBuilt('bench/soak.ts', 'soak', ['--gc-global'])
