import { connect as connectSocket, createServer, type Socket } from 'node:net'
import path from 'node:path'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'

/**
 * Calls `cut` at command `number` of those that change the VM: before QEMU gets it, after QEMU has answered it (the answer is
 * lost), when Weir has that answer and asks the next thing, or as QEMU gets it, and nothing is lost.
 */
export interface CutPoint {
  readonly number: number
  readonly when: 'before' | 'after' | 'answered' | 'sent'
  readonly cut: () => void
}

/** A way to a VM on which something happens in the middle. After that it is an ordinary way. */
export class CutSocket {
  readonly path: string
  /** null: nothing happens. */
  point: CutPoint | null = null
  #changes = 0
  #isAnswerCut = false
  readonly #sockets = new Set<Socket>()
  readonly #close: () => Promise<void>

  /** `target`: the VM's own socket. */
  static async open(target: string): Promise<CutSocket> {
    const folder = await makeTempFolder()
    const server = createServer()
    const socket = new CutSocket(path.join(folder.path, 'cut.qmp'), async () => {
      await new Promise((resolve) => server.close(resolve))
      await folder.remove()
    })
    server.on('connection', (weir) => socket.#join(weir, target))
    await new Promise<void>((resolve) => server.listen(socket.path, resolve))
    return socket
  }

  private constructor(file: string, close: () => Promise<void>) {
    this.path = file
    this.#close = close
  }

  get address(): string {
    return `unix:${this.path}`
  }

  /** Who is connected is not any more; who connects again is. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.drop()
    await this.#close()
  }

  #join(weir: Socket, target: string): void {
    const vm = connectSocket(target)
    for (const socket of [weir, vm]) {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => [weir, vm].map((each) => each.destroy()))
    }
    vm.on('data', (chunk) => {
      if (!this.#isAnswerCut) weir.write(chunk)
      else this.#cut()
    })
    weir.on('data', (chunk) => {
      if (this.point?.when === 'answered' && this.#changes >= this.point.number) return this.#cut()
      if (/block_set_io_throttle|qom-set|object-add|object-del|blockdev-reopen/.test(String(chunk))) this.#changes += 1
      const isHere = this.point !== null && this.#changes >= this.point.number
      if (isHere && this.point?.when === 'before') return this.#cut()
      if (isHere && this.point?.when === 'sent') this.#cut()
      this.#isAnswerCut = isHere && this.point?.when === 'after'
      vm.write(chunk)
    })
  }

  #cut(): void {
    const { point } = this
    this.point = null
    this.#isAnswerCut = false
    point?.cut()
  }
}
