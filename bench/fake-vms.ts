import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'

// Servers that answer as a QEMU with four throttled disks did, of which a machine can hold hundreds. Their counters rise, and
// they keep latency histograms of what they are told to.

interface Recording {
  readonly greeting: object
  readonly answers: Readonly<Record<string, unknown>>
}

interface StatsRow {
  readonly qdev: string
  readonly stats: Record<string, unknown>
}

interface Asked {
  readonly id: number
  readonly execute: string
  readonly arguments?: {
    readonly 'query-nodes'?: boolean
    /** Of block-latency-histogram-set; without boundaries it removes. */
    readonly id?: string
    readonly 'boundaries-read'?: readonly number[]
  }
}

/** On each disk, of 16 KiB, at a limit of 1 000. */
const REQUESTS_PER_S = 900
const REQUEST_NS = 2_000_000

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
  /** Qdev of a disk with latency histograms → their boundaries, ns. */
  readonly #boundaries = new Map<string, readonly number[]>()

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
      for (const line of lines) {
        const asked = JSON.parse(line) as Asked // Weir wrote it
        socket.write(`${JSON.stringify({ ...this.#answer(asked), id: asked.id })}\r\n`)
      }
    })
  }

  #answer({ execute, arguments: values = {} }: Asked): object {
    const key = values['query-nodes'] ? `${execute} nodes` : execute
    if (execute === 'qmp_capabilities') return { return: {} }
    if (execute === 'query-name') return { return: { name: this.name } }
    if (execute === 'query-blockstats') return { return: this.#stats(key) }
    if (execute === 'block-latency-histogram-set') {
      const { id = '', 'boundaries-read': boundaries } = values
      if (boundaries === undefined) this.#boundaries.delete(id)
      else this.#boundaries.set(id, boundaries)
      return { return: {} }
    }
    const known = this.#recording.answers[key]
    if (known !== undefined) return { return: known }
    return { error: { class: 'CommandNotFound', desc: `The command ${execute} has not been found` } }
  }

  #stats(key: string): readonly object[] {
    const requests = Math.round(((performance.now() - this.#bornMs) / 1000) * REQUESTS_PER_S)
    const counted = { rd_operations: requests, rd_bytes: requests * 16_384, rd_total_time_ns: requests * REQUEST_NS }
    const rows = this.#recording.answers[key] as readonly StatsRow[] // a recorded answer
    return rows.map((row) => ({ ...row, stats: { ...row.stats, ...counted, ...this.#histograms(row.qdev, requests) } }))
  }

  #histograms(qdev: string, requests: number): object {
    const boundaries = this.#boundaries.get(qdev)
    if (boundaries === undefined) return {}
    const none = [...boundaries, 0].map(() => 0)
    const at = boundaries.findIndex((boundaryNs) => boundaryNs > REQUEST_NS)
    return {
      rd_latency_histogram: { bins: none.with(at, requests), boundaries },
      wr_latency_histogram: { bins: none, boundaries },
    }
  }
}
