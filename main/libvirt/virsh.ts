import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { type EngineError, UnsentError } from '#main/engine-error.ts'
import { SerialQueue } from '#main/serial-queue.ts'
import {
  libvirtClosed,
  libvirtGoneError,
  libvirtRefusal,
  libvirtTimeout,
  noVirshError,
  unconnected,
} from './libvirt-errors.ts'
import { virshLine } from './virsh-line.ts'

// One virsh for as long as a connection lasts, fed on its standard input: 3 ms a command instead of the 40 ms of a process
// each. virsh prints each line it reads behind its prompt, then what the command says. Two echoes after every command tell
// where its output ends, on both streams:
//
//   virsh # domblklist web01          stdout   … output …  virsh # echo --err MARK / virsh # echo MARK / MARK
//                                     stderr   … errors …  error: MARK

export interface VirshOptions {
  readonly uri: string
  /** read: by `virsh -r`, which libvirt lets do nothing else. */
  readonly access: 'read' | 'write'
  readonly connectMs?: number
  /** Ends it. */
  readonly signal?: AbortSignal | undefined
}

const CONNECT_MS = 20_000
const COMMAND_MS = 10_000
const MAX_OUTPUT_CHARS = 64 * 1024 * 1024

export class Virsh {
  readonly uri: string
  readonly #process: ChildProcessWithoutNullStreams
  readonly #queue = new SerialQueue()
  #out = ''
  #err = ''
  #count = 0
  #waiting: (() => void) | null = null
  #ended: EngineError | null = null
  #onClose: ((reason: EngineError) => void) | null = null

  /** Resolves when libvirt answers. Throws EngineError, which says what is missing. */
  static async open({ uri, access, connectMs = CONNECT_MS, signal }: VirshOptions): Promise<Virsh> {
    const virsh = new Virsh(uri, access)
    if (signal?.aborted) virsh.close()
    const close = (): void => virsh.close()
    signal?.addEventListener('abort', close)
    virsh.#process.once('close', () => signal?.removeEventListener('abort', close))
    try {
      await virsh.run(['uri'], connectMs)
      return virsh
    } catch (error) {
      virsh.close()
      throw error
    }
  }

  private constructor(uri: string, access: VirshOptions['access']) {
    this.uri = uri
    const env = { ...process.env, LC_ALL: 'C.UTF-8', LANGUAGE: '', TERM: 'dumb', VIRSH_HISTSIZE: '0' }
    this.#process = spawn('virsh', ['-q', ...(access === 'read' ? ['-r'] : []), '-c', uri], { env })
    const { stdin, stdout, stderr } = this.#process
    this.#process.on('error', (cause: NodeJS.ErrnoException) => {
      this.#end(cause.code === 'ENOENT' ? noVirshError(cause) : libvirtGoneError(uri, cause.message))
    })
    this.#process.on('close', () => this.#end(unconnected(uri, this.#err)))
    stdin.on('error', () => undefined) // it has ended, which `close` tells
    stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.#out += chunk
      this.#heard()
    })
    stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#err += chunk
      this.#heard()
    })
  }

  /** What the command prints. Throws EngineError: refused, with libvirt's words, lost, or never begun (UnsentError). */
  run(words: readonly string[], timeoutMs = COMMAND_MS): Promise<string> {
    const line = virshLine(words)
    return this.#queue.run(() => this.#run(line, words[0] ?? '', timeoutMs))
  }

  onClose(listener: (reason: EngineError) => void): void {
    if (this.#ended) listener(this.#ended)
    else this.#onClose = listener
  }

  close(): void {
    this.#onClose = null
    this.#process.stdin.end()
    this.#end(libvirtClosed(this.uri))
  }

  async #run(line: string, name: string, timeoutMs: number): Promise<string> {
    if (this.#ended) throw new UnsentError(this.#ended)
    this.#count += 1
    const mark = `weir-${this.#count}-done`
    this.#out = ''
    this.#err = ''
    this.#process.stdin.write(`${line}\necho --err ${mark}\necho ${mark}\n`)
    await this.#until(() => this.#isDone(mark), name, timeoutMs)
    const errors = this.#err.slice(0, this.#err.indexOf(`error: ${mark}`))
    if (/^error: (Disconnected|Reconnected|failed to (re)?connect)/im.test(errors)) {
      throw this.#end(libvirtGoneError(this.uri, errors))
    }
    if (/^error: /m.test(errors)) throw libvirtRefusal(errors)
    return outputOf(this.#out, mark)
  }

  #isDone(mark: string): boolean {
    return this.#err.includes(`error: ${mark}\n`) && this.#out.includes(`echo ${mark}\n${mark}`)
  }

  #until(isDone: () => boolean, name: string, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        if (this.#ended === null && !isDone()) return
        clearTimeout(timer)
        this.#waiting = null
        if (this.#ended) reject(this.#ended)
        else resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting = null
        // What it says later would be taken for the next command's.
        reject(this.#end(libvirtTimeout(this.uri, name, timeoutMs / 1000)))
      }, timeoutMs)
      this.#waiting = settle
      settle()
    })
  }

  #heard(): void {
    if (this.#out.length + this.#err.length > MAX_OUTPUT_CHARS) {
      this.#end(libvirtGoneError(this.uri, 'virsh printed more than Weir takes from one host'))
    }
    this.#waiting?.()
  }

  #end(reason: EngineError): EngineError {
    if (this.#ended) return this.#ended
    this.#ended = reason
    this.#process.kill('SIGTERM')
    this.#waiting?.()
    this.#onClose?.(reason)
    return reason
  }
}

/** Between the line that was read and the prompt of the next. */
function outputOf(text: string, mark: string): string {
  const end = text.lastIndexOf(`echo --err ${mark}`)
  const body = text.slice(text.indexOf('\n') + 1, end)
  return body.slice(0, body.lastIndexOf('virsh '))
}
