import path from 'node:path'
import { fileURLToPath } from 'node:url'

// What Weir was started with: `weir [--run] [FILE...]`, packaged or as `electron . …`.

export interface Launch {
  /** Absolute paths of the workspaces to open. */
  readonly files: readonly string[]
  /** Start the lab as soon as the window is up. */
  readonly run: boolean
}

export interface LaunchCircumstances {
  /** Folder that relative file names start from. */
  readonly folder: string
  /** Where the app itself lies: in development it stands in `argv` too. */
  readonly appPath: string
  readonly isPackaged: boolean
}

/** Reads the process's arguments. Switches of Chromium and Electron stand among them and mean nothing here. */
export function readLaunch(argv: readonly string[], { folder, appPath, isPackaged }: LaunchCircumstances): Launch {
  const own = argv.slice(1)
  const isApp = (argument: string) => !argument.startsWith('-') && path.resolve(folder, argument) === appPath
  const args = isPackaged ? own : own.slice(own.findIndex(isApp) + 1)
  return {
    files: args.filter((argument) => !argument.startsWith('-')).map((argument) => pathOf(argument, folder)),
    run: args.includes('--run'),
  }
}

/** Desktops may hand over `file:` addresses instead of names. */
function pathOf(argument: string, folder: string): string {
  return argument.startsWith('file://') ? fileURLToPath(argument) : path.resolve(folder, argument)
}
