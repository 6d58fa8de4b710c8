import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { QmpAddress } from '#shared/qemu/qmp-address.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { QmpClient } from '../qmp-client.ts'
import { missingNewerTree } from './newer-tree.ts'
import { makeTempFolder } from './temp-folder.ts'

// A QEMU of one's own for tests, with two QMP sockets: one for Weir, one to look and act from outside. The guest's CPUs
// are stopped (-S), so that nothing but the test makes I/O; the throttle works all the same.

export type QemuProgram = 'qemu-system-x86_64' | 'qemu-storage-daemon'

/** Why a real QEMU cannot be tested here; null: it can. Put it into the test's name. */
export function missingQemu(program: QemuProgram = 'qemu-system-x86_64'): string | null {
  const noTree = missingNewerTree()
  if (noTree !== null) return noTree
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return folders.some((folder) => existsSync(path.join(folder, program)))
    ? null
    : `skipped: ${program} is not installed`
}

/** `-nodefaults`, a SCSI controller and no display; what a test adds comes behind. */
const MACHINE = [
  '-nodefaults',
  ...['-machine', 'pc', '-accel', 'tcg', '-m', '64', '-S', '-display', 'none'],
  ...['-device', 'virtio-scsi-pci,id=scsi0'],
]

export class RealQemu {
  /** For Weir. */
  readonly address: QmpAddress
  readonly folder: string
  readonly #program: QemuProgram
  readonly #args: readonly string[]
  readonly #outsidePath: string
  readonly #remove: () => Promise<void>
  #process: ChildProcess | null = null
  #outside: QmpClient | null = null

  static async start(args: readonly string[], program: QemuProgram = 'qemu-system-x86_64'): Promise<RealQemu> {
    const folder = await makeTempFolder()
    const qemu = new RealQemu(args, program, folder)
    await qemu.boot()
    return qemu
  }

  private constructor(
    args: readonly string[],
    program: QemuProgram,
    folder: { readonly path: string; readonly remove: () => Promise<void> },
  ) {
    this.#args = args
    this.#program = program
    this.folder = folder.path
    this.#remove = folder.remove
    this.address = { kind: 'unix', path: path.join(folder.path, 'weir.qmp') }
    this.#outsidePath = path.join(folder.path, 'outside.qmp')
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  /** Starts it, or starts it again with the same arguments after it ended. */
  async boot(): Promise<void> {
    const sockets = [(this.address as { path: string }).path, this.#outsidePath] // made as unix above
    const argv = this.#program === 'qemu-storage-daemon' ? daemonArgs(sockets) : systemArgs(sockets)
    const child = spawn(this.#program, [...argv, ...this.#args], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    let complaint = ''
    child.stderr?.on('data', (chunk) => {
      complaint += chunk
    })
    const ended = new Promise<never>((_resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${this.#program} ended with ${code}: ${complaint}`)))
    })
    ended.catch(() => undefined)
    this.#outside = await Promise.race([connectWhenUp(this.#outsidePath), ended])
  }

  /** As a second administrator would. Throws on an error. */
  async outside(execute: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const command: QmpCommand = { execute, arguments: values }
    const answer = await this.#client().execute(command, 20_000)
    if (!answer.ok) throw new Error(`${execute}: ${answer.desc}`)
    return answer.value
  }

  /** `7.2.22` */
  async version(): Promise<string> {
    const { qemu } = (await this.outside('query-version')) as { qemu: Record<'major' | 'minor' | 'micro', number> }
    return `${qemu.major}.${qemu.minor}.${qemu.micro}`
  }

  /**
   * Requests submitted at once, without waiting for them. `disk` is a -drive id, or a qdev id with `-d ` in front. Returns
   * when (performance.now) QEMU had each.
   */
  async io(disk: string, op: 'read' | 'write', { bytes = 4096, count = 1 } = {}): Promise<readonly number[]> {
    const line = `qemu-io ${disk} "aio_${op} -q 0 ${bytes}"`
    const submit = async (): Promise<number> => {
      const said = await this.outside('human-monitor-command', { 'command-line': line })
      if (said !== '') throw new Error(`${line}: ${said}`)
      return performance.now()
    }
    return Promise.all(Array.from({ length: count }, submit))
  }

  /** The throttle group of each disk as query-block shows it now, by -drive id or qdev id. */
  async groups(): Promise<Readonly<Record<string, string | null>>> {
    const rows = (await this.outside('query-block')) as {
      device: string
      qdev?: string
      inserted?: { group?: string }
    }[]
    return Object.fromEntries(rows.map((row) => [row.device || row.qdev, row.inserted?.group ?? null]))
  }

  suspend(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#outside?.close()
    this.#outside = null
    this.#process = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  async close(): Promise<void> {
    await this.kill()
    await this.#remove()
  }

  #client(): QmpClient {
    if (this.#outside === null) throw new Error('this QEMU is not running')
    return this.#outside
  }
}

function systemArgs(sockets: readonly string[]): readonly string[] {
  return [...MACHINE, ...sockets.flatMap((socket) => ['-qmp', `unix:${socket},server=on,wait=off`])]
}

function daemonArgs(sockets: readonly string[]): readonly string[] {
  return sockets.flatMap((socket, index) => [
    ...['--chardev', `socket,id=c${index},path=${socket},server=on,wait=off`],
    ...['--monitor', `chardev=c${index}`],
  ])
}

async function connectWhenUp(socket: string): Promise<QmpClient> {
  const patience = Date.now() + 20_000
  for (;;) {
    try {
      return await QmpClient.connect({ kind: 'unix', path: socket })
    } catch (error) {
      if (Date.now() > patience) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
