import fs from 'node:fs'
import path from 'node:path'
import { NODE_MODULES, ROOT } from './paths.mjs'
import { lastLines, run, SetupError } from './run.mjs'

/** Packages of a lock file by their place, without the project itself. */
function readPackages(file) {
  try {
    const { packages } = JSON.parse(fs.readFileSync(file, 'utf8'))
    delete packages['']
    return packages
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

/**
 * Whether node_modules holds what package-lock.json says. npm writes what it installed to node_modules/.package-lock.json;
 * only packages for other platforms may be missing from it.
 */
export function dependenciesAreCurrent() {
  const wanted = readPackages(path.join(ROOT, 'package-lock.json'))
  const installed = readPackages(path.join(NODE_MODULES, '.package-lock.json'))
  if (wanted === null || installed === null) return false
  const differs = (place) => installed[place]?.integrity !== wanted[place]?.integrity
  return (
    Object.keys(wanted).every((place) => !differs(place) || (wanted[place].optional && !installed[place])) &&
    Object.keys(installed).every((place) => wanted[place])
  )
}

export async function installDependencies(say) {
  if (dependenciesAreCurrent()) return
  say('Installing dependencies (npm ci, about half a minute) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { code, output } = await run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: ROOT })
  if (code === 0) return
  throw new SetupError(`npm ci failed; a package registry must be reachable once.\n${lastLines(output, 12)}`)
}
