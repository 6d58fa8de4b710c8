import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { QmpClient } from '#main/qmp/qmp-client.ts'

// A QEMU as small as one can be, of which a test can have twenty: no machine unless its disks are to be plugged in, disks
// of nothing, two QMP sockets. Its disks
// are made busy from outside by qemu-io, as a guest would.

export interface SmallQemuOptions {
  readonly name: string
  /** Socket for whoever is tested. */
  readonly socket: string
  /** `-drive` values behind `if=none,driver=null-co`. */
  readonly drives: readonly string[]
  /** Each drive is that of a virtio device: QEMU sets latency histograms by device. Left out: of none. */
  readonly isPlugged?: boolean
}

export class SmallQemu {
  readonly #process: ChildProcess
  readonly #outside: QmpClient

  static async start({ name, socket, drives, isPlugged = false }: SmallQemuOptions): Promise<SmallQemu> {
    const outside = path.join(path.dirname(path.dirname(socket)), `${name}.outside`)
    const sockets = [socket, outside].flatMap((file) => ['-qmp', `unix:${file},server=on,wait=off`])
    const machine = [
      '-name',
      name,
      '-nodefaults',
      '-machine',
      isPlugged ? 'pc' : 'none',
      '-m',
      '16',
      '-S',
      '-display',
      'none',
    ]
    const disks = drives.flatMap((drive) => {
      const id = /(?:^|,)id=([^,]*)/.exec(drive)?.[1] ?? ''
      const device = isPlugged ? ['-device', `virtio-blk-pci,drive=${id},id=dev-${id}`] : []
      return ['-drive', `if=none,driver=null-co,read-zeroes=on,${drive}`, ...device]
    })
    const child = spawn('qemu-system-x86_64', [...machine, ...sockets, ...disks], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let complaint = ''
    child.stderr?.on('data', (chunk) => {
      complaint += chunk
    })
    const patience = Date.now() + 30_000
    for (;;) {
      try {
        return new SmallQemu(child, await QmpClient.connect({ kind: 'unix', path: outside }))
      } catch (error) {
        if (child.exitCode !== null) throw new Error(`QEMU ended: ${complaint}`)
        if (Date.now() > patience) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  private constructor(child: ChildProcess, outside: QmpClient) {
    this.#process = child
    this.#outside = outside
  }

  async outside(execute: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = await this.#outside.execute({ execute, arguments: values }, 20_000)
    if (!answer.ok) throw new Error(`${execute}: ${answer.desc}`)
    return answer.value
  }

  /** Submits requests to a -drive and does not wait for them. */
  async io(drive: string, op: 'read' | 'write', { bytes = 4096, count = 1 } = {}): Promise<void> {
    const line = `qemu-io ${drive} "aio_${op} -q 0 ${bytes}"`
    await Promise.all(
      Array.from({ length: count }, () => this.outside('human-monitor-command', { 'command-line': line })),
    )
  }

  suspend(): void {
    this.#process.kill('SIGSTOP')
  }

  resume(): void {
    this.#process.kill('SIGCONT')
  }

  /** Ends it as a crash would: its sockets stay. */
  async kill(): Promise<void> {
    this.#outside.close()
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGKILL')
    await gone
  }
}
