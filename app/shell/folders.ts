import path from 'node:path'
import { app } from 'electron'

/** Where Weir's parts and its own data lie. */
export interface Folders {
  /** The built app: out/. */
  readonly out: string
  readonly examples: string
  readonly icon: string
  /** Backing files of running labs, each run in a folder of its own. */
  readonly disks: string
  readonly recovery: string
  /** Traces that came with an import. */
  readonly imports: string
  readonly settings: string
}

export function weirFolders(): Folders {
  const root = app.getAppPath()
  const data = app.getPath('userData')
  return {
    out: path.join(root, 'out'),
    examples: path.join(root, 'examples'),
    icon: path.join(root, 'build/icons/256x256.png'),
    disks: path.join(data, 'disks'),
    recovery: path.join(data, 'recovery'),
    imports: path.join(data, 'imports'),
    settings: path.join(data, 'settings'),
  }
}
