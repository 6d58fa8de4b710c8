import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'
import { labelOf } from '#main/live/qemu-label.ts'
import type { QemuSession } from '#main/live/qemu-session.ts'
import { Recorder } from '#main/live/recorder.ts'
import { TraceWriter } from '#main/workspace/trace-writer.ts'
import { assert } from '#shared/assert.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import type { RecordingState } from '#shared/ipc/live-ops.ts'
import { parseVmAddress } from '#shared/qemu/vm-address.ts'

// The recording of a board's VM: as `weir record` makes it, from the looks that the board takes anyway.

export interface RecordPorts {
  /** Asks where it goes; null: the user changed their mind. */
  readonly chooseFile: (suggestedName: string) => Promise<string | null>
  /** null: there is none to show. */
  readonly onState: (state: RecordingState | null) => void
}

interface Running {
  readonly file: string
  readonly writer: TraceWriter
  readonly recorder: Recorder
  readonly stopListening: () => void
}

const FINE: Outcome = { ok: true }

export class RecordBoard {
  readonly #session: QemuSession
  readonly #ports: RecordPorts
  #running: Running | null = null
  #state: RecordingState | null = null
  #isAsking = false
  #isClosed = false
  #ending: Promise<void> = Promise.resolve()

  constructor(session: QemuSession, ports: RecordPorts) {
    this.#session = session
    this.#ports = ports
    session.onState(({ status, message }) => {
      if (status === 'lost') void this.#end(message ?? 'The VM went away.')
    })
  }

  get state(): RecordingState | null {
    return this.#state
  }

  async start(): Promise<Outcome> {
    if (this.#running !== null || this.#isAsking) return refused('This VM is already being recorded.')
    this.#isAsking = true
    try {
      const { label } = this.#session.state
      const file = await this.#ports.chooseFile(`${label ?? 'vm'}.trace.gz`)
      if (file === null) return FINE
      if (this.#isClosed || this.#session.state.status !== 'attached') return refused('The VM is no longer attached.')
      await this.#begin(file)
      return FINE
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      return refused(`${error.message} ${error.advice}`)
    } finally {
      this.#isAsking = false
    }
  }

  /** Ends it; one that has ended is no longer shown. */
  async stop(): Promise<Outcome> {
    if (this.#running === null) this.#show(null)
    else await this.#end(null)
    return FINE
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#end(null)
    await this.#ending
    this.#show(null)
  }

  async #begin(file: string): Promise<void> {
    const writer = await TraceWriter.create(file, 'packed')
    const address = parseVmAddress(this.#session.state.address ?? '')
    assert(address.ok, 'a session that is attached has an address')
    const name = this.#session.state.label ?? labelOf(address.value, null)
    const startedMs = Date.now()
    const recorder = new Recorder({ name, startedMs, write: (text) => writer.write(text) })
    const stopListening = this.#session.looks.add(({ look, picture }) =>
      recorder.take(look.stats, picture, look.atNs / 1e6),
    )
    this.#running = { file, writer, recorder, stopListening }
    this.#show({ fileName: path.basename(file), startedMs, end: null })
  }

  /** `why`: what ended it; null: the user did. */
  async #end(why: string | null): Promise<void> {
    const running = this.#running
    if (running === null) return
    this.#running = null
    this.#ending = this.#finish(running, why)
    await this.#ending
  }

  async #finish({ file, writer, recorder, stopListening }: Running, why: string | null): Promise<void> {
    stopListening()
    const problem = await writer.end().then(
      () => null,
      (error: unknown) => (error instanceof EngineError ? error.message : String(error)),
    )
    const { requests, seconds } = recorder.recorded
    const startedMs = this.#state?.startedMs ?? 0
    this.#show({ fileName: path.basename(file), startedMs, end: { requests, seconds, why, problem } })
  }

  #show(state: RecordingState | null): void {
    this.#state = state
    this.#ports.onState(state)
  }
}

function refused(message: string): Outcome {
  return { ok: false, message, issues: [] }
}
