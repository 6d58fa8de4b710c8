import fs from 'node:fs'
import fsp from 'node:fs/promises'
import path from 'node:path'
import { isProcessAlive } from '#main/process-alive.ts'
import { folderError } from './disk-error.ts'

// Where a run's backing files live: a folder of its own in the data folder, made when the first file is needed and removed
// with the run. A marker in it names the process that owns it, so that what a crashed run left is removed at the
// next start, and nothing else ever is: only files that bear Weir's names, one by one, then the empty folder.
//
//   DATA/run-4711-k3x9/weir-run.json      { "owner": "<boot id>:4711:<start time>", "pid": 4711 }
//                      disk-1.img …

const FOLDER_NAME = /^run-(?<pid>\d+)-[0-9a-z]+$/
const DISK_NAME = /^disk-\d+\.img$/
const MARKER = 'weir-run.json'

export class RunFolder {
  readonly path: string
  #files = 0
  readonly #removeAtExit = () => removeNow(this.path)

  private constructor(folder: string) {
    this.path = folder
    // The process may end without closing the lab (a broken pipe, an uncaught error): files must not outlive it.
    process.on('exit', this.#removeAtExit)
  }

  /** Throws EngineError where the data folder cannot be written to; nothing is left then. */
  static async create(dataFolder: string): Promise<RunFolder> {
    const unique = process.hrtime.bigint().toString(36)
    const folder = path.join(dataFolder, `run-${process.pid}-${unique}`)
    await makeFolder(folder)
    return new RunFolder(folder)
  }

  /** Makes the folder again if somebody took it away. Throws EngineError. */
  async restore(): Promise<void> {
    await makeFolder(this.path)
  }

  /** A name for the next backing file; none is used twice. */
  nextFile(): string {
    this.#files += 1
    return path.join(this.path, `disk-${this.#files}.img`)
  }

  async remove(): Promise<void> {
    process.off('exit', this.#removeAtExit)
    await removeFolder(this.path)
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder)
    const marker = { owner: await ownerOf(process.pid), pid: process.pid }
    await fsp.writeFile(path.join(folder, MARKER), `${JSON.stringify(marker)}\n`)
  } catch (error) {
    removeNow(folder)
    throw folderError(error, path.dirname(folder))
  }
}

/** Like mkdir with `recursive`, which never returns below a folder that refuses every child with ENOENT, such as /proc. */
async function makeFolders(folder: string): Promise<void> {
  try {
    await fsp.mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // what node:fs rejects with
    if (code === 'EEXIST' && (await fsp.stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || path.dirname(folder) === folder) throw error
    await makeFolders(path.dirname(folder))
    await fsp.mkdir(folder, { mode: 0o700 })
  }
}

/** Removes what runs of processes that are gone left in `dataFolder`. Returns how many there were. */
export async function removeLeftovers(dataFolder: string): Promise<number> {
  let removed = 0
  for (const name of await namesIn(dataFolder)) {
    const pid = FOLDER_NAME.exec(name)?.groups?.pid
    const folder = path.join(dataFolder, name)
    if (pid === undefined || !(await isAbandoned(folder, Number(pid)))) continue
    await removeFolder(folder)
    removed += 1
  }
  return removed
}

async function isAbandoned(folder: string, makerPid: number): Promise<boolean> {
  let marker: unknown
  try {
    marker = JSON.parse(await fsp.readFile(path.join(folder, MARKER), 'utf8'))
  } catch {
    // Without a whole marker it is what a run leaves that died before writing it, or one that is about to write it.
    return !isProcessAlive(makerPid) && (await namesIn(folder)).every((name) => name === MARKER)
  }
  const { owner, pid } = marker as { owner?: unknown; pid?: unknown }
  return typeof pid === 'number' && typeof owner === 'string' && (await ownerOf(pid)) !== owner
}

/** Tells this process from a later one of the same number; '' if there is no such process. */
async function ownerOf(pid: number): Promise<string> {
  try {
    const boot = (await fsp.readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const stat = await fsp.readFile(`/proc/${pid}/stat`, 'utf8')
    // Its 22nd field is the start time; the 2nd may hold blanks but ends with the last bracket.
    return `${boot}:${pid}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return isProcessAlive(pid) ? `?:${pid}:?` : ''
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (isOurs(name)) await fsp.rm(path.join(folder, name), { force: true })
  }
  try {
    await fsp.rmdir(folder)
  } catch (error) {
    if (!isExpected(error)) throw error
  }
}

function removeNow(folder: string): void {
  try {
    for (const name of fs.readdirSync(folder)) if (isOurs(name)) fs.rmSync(path.join(folder, name), { force: true })
    fs.rmdirSync(folder)
  } catch (error) {
    if (!isExpected(error)) throw error
  }
}

function isOurs(name: string): boolean {
  return name === MARKER || DISK_NAME.test(name)
}

/** Gone already, never made, or kept by a file in it that is not ours. */
function isExpected(error: unknown): boolean {
  return ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await fsp.readdir(folder)
  } catch (error) {
    if (isExpected(error)) return []
    throw error
  }
}
