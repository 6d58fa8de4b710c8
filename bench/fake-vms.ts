import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'

// Servers that answer as a QEMU with four throttled disks did, of which a machine can hold hundreds. Their counters rise.

interface Recording {
  readonly greeting: object
  readonly answers: Readonly<Record<string, unknown>>
}

interface StatsRow {
  readonly stats: Record<string, unknown>
}

export async function startFakeVms(root: string, folder: string, count: number): Promise<() => Promise<void>> {
  const file = path.join(root, 'main/live/host/fixtures/four-disks.json')
  const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording // recorded from a QEMU
  const sockets = new Set<Socket>()
  const servers: Server[] = []
  for (let index = 0; index < count; index += 1) {
    const vm = new FakeVm(recording, `vm${String(index).padStart(3, '0')}`)
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      vm.serve(socket)
    })
    await new Promise<void>((resolve) => server.listen(path.join(folder, `${vm.name}.qmp`), resolve))
    servers.push(server)
  }
  return async () => {
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

class FakeVm {
  readonly name: string
  readonly #recording: Recording
  readonly #bornMs = performance.now()

  constructor(recording: Recording, name: string) {
    this.#recording = recording
    this.name = name
  }

  serve(socket: Socket): void {
    let rest = ''
    socket.write(`${JSON.stringify(this.#recording.greeting)}\r\n`)
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) socket.write(this.#answer(line))
    })
  }

  #answer(line: string): string {
    const {
      id,
      execute,
      arguments: values = {},
    } = JSON.parse(line) as {
      id: number
      execute: string
      arguments?: { 'query-nodes'?: boolean }
    } // Weir wrote it
    const key = values['query-nodes'] ? `${execute} nodes` : execute
    const value = execute === 'query-blockstats' ? this.#stats(key) : this.#recording.answers[key]
    const named = execute === 'query-name' ? { name: this.name } : (value ?? {})
    return `${JSON.stringify({ return: named, id })}\r\n`
  }

  /** 900 requests of 16 KiB a second on each disk, at a limit of 1 000. */
  #stats(key: string): readonly object[] {
    const requests = Math.round(((performance.now() - this.#bornMs) / 1000) * 900)
    const counted = { rd_operations: requests, rd_bytes: requests * 16_384, rd_total_time_ns: requests * 2_000_000 }
    const rows = this.#recording.answers[key] as readonly StatsRow[] // a recorded answer
    return rows.map((row) => ({ ...row, stats: { ...row.stats, ...counted } }))
  }
}
