import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type FileHandle, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { QmpClient } from '../qmp-client.ts'
import type { QmpAnswer } from '../qmp-wire.ts'
import { missingQemu } from './real-qemu.ts'
import { makeTempFolder } from './temp-folder.ts'

// A real QEMU whose clock stands still until the test moves it, so that its throttle answers to the nanosecond. A small
// preloaded library gives QEMU the time from a file; the binary itself is the distribution's, unchanged.

/** Where the clock starts: QEMU dislikes a machine that has only just been switched on. */
const BASE_NS = 1_000_000_000_000n
/** Timers of the block layer may run after a command was answered; a few commands later they have. */
const SETTLING_COMMANDS = 3

const CLOCK_SOURCE = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
static _Atomic int64_t *now_ns;
__attribute__((constructor)) static void open_clock(void) {
  const char *path = getenv("WEIR_CLOCK");
  int fd = path ? open(path, O_RDONLY) : -1;
  if (fd < 0) return;
  void *map = mmap(0, 8, PROT_READ, MAP_SHARED, fd, 0);
  if (map != MAP_FAILED) now_ns = map;
  close(fd);
}
int clock_gettime(clockid_t id, struct timespec *out) {
  static int (*real)(clockid_t, struct timespec *);
  if (id == CLOCK_MONOTONIC && now_ns) {
    int64_t ns = atomic_load(now_ns);
    out->tv_sec = ns / 1000000000;
    out->tv_nsec = ns % 1000000000;
    return 0;
  }
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  return real(id, out);
}
`

/** Why there can be no frozen QEMU here; null: there can. Put it into the test's name. */
export function missingFrozenQemu(): string | null {
  if (process.platform !== 'linux') return 'skipped: needs Linux'
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  if (!folders.some((folder) => existsSync(path.join(folder, 'cc')))) return 'skipped: cc is not installed'
  return missingQemu()
}

export class FrozenQemu {
  readonly #process: ChildProcess
  readonly #client: QmpClient
  readonly #clock: FileHandle
  readonly #remove: () => Promise<void>
  readonly #ended: Promise<unknown>
  #said = ''
  #complaint = ''

  static async start(args: readonly string[]): Promise<FrozenQemu> {
    const folder = await makeTempFolder()
    const file = (name: string) => path.join(folder.path, name)
    await writeFile(file('clock.c'), CLOCK_SOURCE)
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', file('clock.so'), file('clock.c'), '-ldl'])
    const clock = await open(file('clock'), 'w+')
    await writeClock(clock, 0)
    const socket = file('qmp')
    const machine = ['-nodefaults', '-machine', 'none', '-S', '-display', 'none']
    const child = spawn('qemu-system-x86_64', [...machine, '-qmp', `unix:${socket},server=on,wait=off`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LD_PRELOAD: file('clock.so'), WEIR_CLOCK: file('clock') },
    })
    const client = await connectWhenUp(socket, child)
    return new FrozenQemu({ child, client, clock, remove: folder.remove })
  }

  private constructor(parts: {
    readonly child: ChildProcess
    readonly client: QmpClient
    readonly clock: FileHandle
    readonly remove: () => Promise<void>
  }) {
    this.#process = parts.child
    this.#client = parts.client
    this.#clock = parts.clock
    this.#remove = parts.remove
    this.#ended = new Promise((resolve) => parts.child.once('close', resolve))
    parts.child.stdout?.on('data', (chunk) => {
      this.#said += chunk
    })
    parts.child.stderr?.on('data', (chunk) => {
      this.#complaint += chunk
    })
  }

  /** What QEMU said when it gave itself up (SIGABRT); null: it did not. Call it only when its connection has ended. */
  async abortWords(): Promise<string | null> {
    await this.#ended
    return this.#process.signalCode === 'SIGABRT' ? this.#complaint.trim() : null
  }

  get majorVersion(): number {
    return Number.parseInt(this.#client.greeting.version, 10)
  }

  /** Sets the clock and lets what is due then happen. */
  async setTime(ns: number): Promise<void> {
    await writeClock(this.#clock, ns)
    for (let command = 0; command < SETTLING_COMMANDS; command += 1) await this.execute('query-status')
  }

  execute(command: string, values: Readonly<Record<string, unknown>> = {}): Promise<QmpAnswer> {
    return this.#client.execute({ execute: command, arguments: values }, 20_000)
  }

  /** The answer's value; throws on an error. */
  async value(command: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = await this.execute(command, values)
    if (!answer.ok) throw new Error(`${command}: ${answer.desc}`)
    return answer.value
  }

  /** A command of qemu-io for a -drive. */
  async io(drive: string, command: string): Promise<void> {
    const said = await this.value('human-monitor-command', { 'command-line': `qemu-io ${drive} "${command}"` })
    if (said !== '') throw new Error(`${command}: ${said}`)
  }

  /** Ends QEMU; what it printed, which for each aio_read and aio_write is a line when it is done. */
  async end(): Promise<string> {
    this.#client.execute({ execute: 'quit', arguments: {} }, 5000).catch(() => undefined) // it may close before it answers
    await this.#ended
    this.#client.close()
    await this.#clock.close()
    await this.#remove()
    return this.#said
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null) return
    if (this.#process.signalCode === null) this.#process.kill('SIGKILL')
    await this.end()
  }
}

async function writeClock(clock: FileHandle, ns: number): Promise<void> {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BASE_NS + BigInt(ns))
  await clock.write(bytes, 0, 8, 0)
}

async function connectWhenUp(socket: string, child: ChildProcess): Promise<QmpClient> {
  let complaint = ''
  child.stderr?.on('data', (chunk) => {
    complaint += chunk
  })
  const patience = Date.now() + 20_000
  for (;;) {
    try {
      return await QmpClient.connect({ kind: 'unix', path: socket })
    } catch (error) {
      if (child.exitCode !== null) throw new Error(`QEMU ended: ${complaint}`)
      if (Date.now() > patience) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
