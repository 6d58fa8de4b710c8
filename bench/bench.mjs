// npm run bench [-- --quick] [--json]: see bench.ts. Installs nothing: where fio or QEMU is absent that column stays empty.
import { runBuilt } from './run-built.mjs'

process.exitCode = await runBuilt('bench/bench.ts', 'bench')
