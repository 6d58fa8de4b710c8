// npm run soak-host -- --minutes N [--seed S]: see soak-host.ts. Needs QEMU. Built from the sources like the benchmarks.
import { runBuilt } from './run-built.mjs'

process.exitCode = await runBuilt('bench/soak-host.ts', 'soakHost')
