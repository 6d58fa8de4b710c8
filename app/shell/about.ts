import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { app } from 'electron'
import type { About } from '#shared/ipc/about.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { devDependencies } from '../../package.json'

/** Set by the tests and by the scripts that make pictures. */
const AUTOMATED_ENV = 'WEIR_AUTOMATED'

export function aboutWeir(): About {
  const { electron = '', chrome = '', node } = process.versions
  return {
    version: app.getVersion(),
    electron,
    chrome,
    node,
    platform: `${os.type()} ${os.release()} ${os.arch()}`,
    runtimeNote: runtimeNote(electron),
    automated: process.env[AUTOMATED_ENV] === '1',
  }
}

/** The fallback runtime of the set-up is older than the Electron that package.json declares, and says so. */
function runtimeNote(electron: string): string | null {
  const declared = devDependencies.electron
  if (declared === electron) return null
  return `Electron ${electron} instead of ${declared}: a runtime for development and tests only.`
}

/** The licences of everything that is built in, as the build collected them for each of its parts. */
export async function licencesText(out: string): Promise<string> {
  const parts = ['app', 'preload', 'renderer'].map((part) => fs.readFile(path.join(out, part, 'licences.md'), 'utf8'))
  return (await Promise.all(parts)).join('\n')
}

/** What helps to find a fault, without anything that names people or places: no paths, no host names. */
export function diagnosticsText(about: About, workspace: Workspace): string {
  const { runtimeNote: note, automated: _automated, ...versions } = about
  const machine = {
    cpu: `${os.cpus()[0]?.model ?? 'unknown'} × ${os.cpus().length}`,
    memoryMiB: Math.round(os.totalmem() / 2 ** 20),
    freeMemoryMiB: Math.round(os.freemem() / 2 ** 20),
    uptimeS: Math.round(process.uptime()),
  }
  const text = { ...versions, ...(note === null ? {} : { runtime: note }), machine, workspace: withoutPaths(workspace) }
  return `${JSON.stringify(text, null, 2)}\n`
}

function withoutPaths(workspace: Workspace): unknown {
  return JSON.parse(JSON.stringify(workspace, (key, value: unknown) => (key === 'path' ? '(a path)' : value)))
}
