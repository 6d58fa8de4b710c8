import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { NODE_MODULES, ROOT } from './paths.mjs'
import { lastLines, run, SetupError } from './run.mjs'

const LOCK = path.join(ROOT, 'package-lock.json')
/** Names the lock file that was installed last, whatever could be had of it. */
const TRIED = path.join(NODE_MODULES, '.cache/weir-installed')

function readLock(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

function nameOfLock() {
  return createHash('sha256').update(fs.readFileSync(LOCK)).digest('hex')
}

function wasTried() {
  return fs.existsSync(TRIED) && fs.readFileSync(TRIED, 'utf8') === nameOfLock()
}

/**
 * Whether `installed` is what `wanted` asks for, both packages of a lock file by their place; '' is the project itself.
 * What is optional for another package may be missing: it is for other platforms. What is optional for the project itself may
 * be missing only if it has been tried, since it could not be had then.
 */
export function isInstalled(wanted, installed, isTried) {
  const { '': project, ...packages } = wanted
  const own = Object.keys(project?.optionalDependencies ?? {}).map((name) => `node_modules/${name}`)
  const mayMiss = (place) => packages[place].optional && (isTried || !own.includes(place))
  return (
    Object.keys(packages).every((place) =>
      installed[place] ? installed[place].integrity === packages[place].integrity : mayMiss(place),
    ) && Object.keys(installed).every((place) => packages[place])
  )
}

/** npm writes what it installed to node_modules/.package-lock.json. */
export function dependenciesAreCurrent() {
  const [wanted, installed] = [readLock(LOCK), readLock(path.join(NODE_MODULES, '.package-lock.json'))]
  return wanted !== null && installed !== null && isInstalled(wanted, installed, wasTried())
}

export async function installDependencies(say) {
  if (dependenciesAreCurrent()) return
  say('Installing dependencies (npm ci, about half a minute) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { code, output } = await run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: ROOT })
  if (code !== 0)
    throw new SetupError(`npm ci failed; a package registry must be reachable once.\n${lastLines(output, 12)}`)
  fs.mkdirSync(path.dirname(TRIED), { recursive: true })
  fs.writeFileSync(TRIED, nameOfLock())
}
