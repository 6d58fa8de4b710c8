import type { Arrival } from '#main/lab/arrivals.ts'
import { traceHeadLine } from '#shared/formats/loads/trace-head.ts'
import { csvCell } from '#shared/formats/text/csv-rows.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { TraceWriter } from './trace-writer.ts'

// Every request of a lab's run as a trace that can be played and chosen for: when it arrived, not when it was let go.

/** What waits for the disk stays below this; then requests are left out, and counted. */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024
const HEADING = 'time_s,op,offset,bytes,device\n'

export interface RunRecorded {
  readonly requests: number
  /** Not in the file: the disk could not take them in time. */
  readonly lost: number
}

export class RunRecorder {
  readonly #writer: TraceWriter
  readonly #workspace: Workspace
  readonly #cells = new Map<string, string>()
  #requests = 0
  #lost = 0
  /** Of requests that came before `begin`. */
  #early: string | null = ''

  /** Creates the file, or empties it; packed if its name ends in .gz. Throws EngineError. */
  static async create(file: string, workspace: Workspace): Promise<RunRecorder> {
    return new RunRecorder(await TraceWriter.create(file, /\.gz$/i.test(file) ? 'packed' : 'plain'), workspace)
  }

  private constructor(writer: TraceWriter, workspace: Workspace) {
    this.#writer = writer
    this.#workspace = workspace
  }

  /** `startedMs`: wall clock at the run's time 0, ms since 1970. */
  begin(startedMs: number): void {
    const { name, devices } = this.#workspace
    const closed = devices.filter(({ workload }) => workload.kind === 'synthetic' && workload.arrivals === 'closed')
    const head = traceHeadLine({ name, startedMs, closedLoops: closed.map(({ id }) => id) })
    this.#writer.write(head + HEADING + this.#early)
    this.#early = null
  }

  add(arrivals: Iterable<Arrival> & { readonly count: number }): void {
    if (this.#writer.backlogBytes > MAX_BACKLOG_BYTES) {
      this.#lost += arrivals.count
      return
    }
    let text = ''
    for (const { device, isWrite, offset, bytes, arrivalNs } of arrivals) {
      text += `${secondsOf(arrivalNs)},${isWrite ? 'write' : 'read'},${offset},${bytes},${this.#cellOf(device)}\n`
      this.#requests += 1
    }
    if (this.#early === null) this.#writer.write(text)
    else this.#early += text
  }

  async end(): Promise<RunRecorded> {
    await this.#writer.end()
    return { requests: this.#requests, lost: this.#lost }
  }

  #cellOf(device: string): string {
    const known = this.#cells.get(device)
    if (known !== undefined) return known
    const cell = csvCell(device)
    this.#cells.set(device, cell)
    return cell
  }
}

/** To the ns: those are whole. */
function secondsOf(ns: number): string {
  const whole = Math.floor(ns / 1e9)
  return `${whole}.${String(Math.round(ns - whole * 1e9)).padStart(9, '0')}`
}
