import path from 'node:path'
import { app } from 'electron'
import log from 'electron-log/main'

// The log file: main.log and one older one in the log folder, 1 MiB each at most.

const MAX_LOG_BYTES = 1024 * 1024

export function startLog(): void {
  log.transports.file.resolvePathFn = () => path.join(logFolder(), 'main.log')
  log.transports.file.maxSize = MAX_LOG_BYTES
  log.transports.file.level = 'info'
  log.transports.console.level = app.isPackaged ? false : 'warn'
  // The page logs nothing to us: it has no bridge for it.
  log.transports.ipc.level = false
  log.info(`Weir ${app.getVersion()} on Electron ${process.versions.electron}, ${process.platform} ${process.arch}`)
}

export function logFolder(): string {
  return path.join(app.getPath('userData'), 'logs')
}

export function logInfo(text: string): void {
  log.info(text)
}

export function logError(text: string, error: unknown): void {
  log.error(text, error)
}
