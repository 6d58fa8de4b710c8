// npm run window-host -- [--app FOLDER…] [--seconds N] [--percentiles] [--profiles FOLDER]: see window-host.ts. Needs a display and
// the built app.
import { runBuilt } from './run-built.mjs'

process.exitCode = await runBuilt('bench/window-host.ts', 'windowHost')
