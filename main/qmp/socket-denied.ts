import { readFile, stat } from 'node:fs/promises'
import { EngineError } from '#main/engine-error.ts'

// A socket that may not be opened: whose it is, and who may.

const GROUP_WRITES = 0o020
const ALL_WRITE = 0o002

/** Sockets are connected to by who may write to them. */
export async function deniedError(path: string, cause: Error): Promise<EngineError> {
  const [why, advice] = await wordsFor(path)
  return new EngineError('permission', `You may not open ${path}: permission denied. ${why}`, advice, { cause })
}

async function wordsFor(path: string): Promise<readonly [why: string, advice: string]> {
  const found = await stat(path).catch(() => null)
  if (found === null) {
    return ['Its folder may not be entered.', 'Run Weir as the user that runs QEMU or in its group, or as root.']
  }
  if ((found.mode & ALL_WRITE) !== 0) {
    const advice = 'Its mode lets everybody: look for a denial of AppArmor or SELinux in the log of the system.'
    return ['A security module of this machine forbids it.', advice]
  }
  const user = await nameOf('/etc/passwd', found.uid)
  if ((found.mode & GROUP_WRITES) === 0) {
    return [`Only the user ${user} may, and root.`, `Run Weir as ${user} or as root.`]
  }
  const group = await nameOf('/etc/group', found.gid)
  const advice = `Run Weir as ${user}, in the group ${group}, or as root.`
  return [`Only the user ${user} and the group ${group} may, and root.`, advice]
}

/** By its number where the file has no name for it, as of users kept elsewhere. */
async function nameOf(file: string, id: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const line = text.split('\n').find((each) => each.split(':')[2] === String(id))
  return line?.split(':', 1)[0] ?? String(id)
}
