import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = path.resolve(fileURLToPath(import.meta.url), '../../..')
export const NODE_MODULES = path.join(ROOT, 'node_modules')
/** What set-up keeps between runs: the fallback runtime, stamps. Safe to delete. */
export const CACHE = path.join(ROOT, '.cache')
export const OUT = path.join(ROOT, 'out')
