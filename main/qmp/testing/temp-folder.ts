import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A folder of its own with a path short enough for sockets; `remove` takes it away with everything in it. */
export async function makeTempFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'weir-'))
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
