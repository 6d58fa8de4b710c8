import fs from 'node:fs'
import path from 'node:path'
import { lastLines, run } from './run.mjs'

// What a bare Debian lacks: the libraries Electron links to, and an X server without a screen for the tests.

const LIBRARY_PACKAGES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1']
const DISPLAY_PROGRAMS = [
  ['Xvfb', 'xvfb'],
  ['xauth', 'xauth'],
]

function isOnPath(program) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin']
  return folders.some((folder) => fs.existsSync(path.join(folder, program)))
}

/** The shared libraries that `executable` does not find: `libgtk-3.so.0`, … */
async function missingLibraries(executable) {
  const { code, output } = await run('ldd', [executable])
  if (code !== 0) return []
  return [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1])
}

/** What this Linux machine lacks: shared libraries of the runtime, programs for tests without a screen. */
export async function missingSystemParts(executable) {
  if (process.platform !== 'linux') return { libraries: [], programs: [] }
  const programs = DISPLAY_PROGRAMS.filter(([program]) => !isOnPath(program)).map(([program]) => program)
  return { libraries: await missingLibraries(executable), programs }
}

/** Debian's and Ubuntu's newer releases renamed the libraries that changed with 64-bit time: libgtk-3-0t64. */
async function packageNames({ libraries, programs }) {
  const names = DISPLAY_PROGRAMS.filter(([program]) => programs.includes(program)).map(([, name]) => name)
  if (libraries.length === 0) return names
  const { output } = await run('apt-cache', ['--no-generate', 'pkgnames', 'libgtk-3-0t64'])
  const renamed = output.includes('libgtk-3-0t64')
  const suffix = (name) => (renamed && /^lib(gtk-3-0|asound2)$/.test(name) ? `${name}t64` : name)
  return [...LIBRARY_PACKAGES.map(suffix), ...names]
}

/**
 * Installs what is missing where that is possible: root on Debian or its children. Elsewhere says the exact command.
 * Returns what is missing still.
 */
export async function installSystemPackages(executable, say) {
  const missing = await missingSystemParts(executable)
  if (missing.libraries.length === 0 && missing.programs.length === 0) return missing
  if (!isOnPath('apt-get')) {
    say(
      `This machine lacks ${[...missing.libraries, ...missing.programs].join(', ')}; install the packages they are in.`,
    )
    return missing
  }
  const root = process.getuid?.() === 0
  if (root) {
    say('Installing Debian packages (libraries of Electron, Xvfb for tests) …')
    await run('apt-get', ['update', '-qq'])
  }
  const names = await packageNames(missing)
  const args = ['install', '-y', '--no-install-recommends', ...names]
  if (!root) {
    say(
      `This machine lacks ${[...missing.libraries, ...missing.programs].join(', ')}. Run: sudo apt-get ${args.join(' ')}`,
    )
    return missing
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { code, output } = await run('apt-get', args, { env })
  if (code !== 0) say(`apt-get ${args.join(' ')} failed:\n${lastLines(output, 8)}`)
  return missingSystemParts(executable)
}
