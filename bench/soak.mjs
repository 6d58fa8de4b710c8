// npm run soak -- --minutes N [--seed S]: see soak.ts. Built from the sources like the benchmarks.
import { runBuilt } from './run-built.mjs'

process.exitCode = await runBuilt('bench/soak.ts', 'soak')
