import { EngineError } from '#main/engine-error.ts'
import { QUERY_STATS } from '#main/live/discover.ts'
import { QUERY_BLOCK_JOBS, readBlockJobs } from '#main/qmp/block-jobs.ts'
import { QUERY_BLOCK_GRAPH, readJobNodes } from '#main/qmp/job-nodes.ts'
import { type Counters, readStatsViews } from '#main/qmp/qmp-views.ts'
import { asRecord, type QmpAnswer } from '#main/qmp/qmp-wire.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import type { OwnJobs } from './own-jobs.ts'
import type { VirshOnDemand } from './virsh-on-demand.ts'

// QEMU's own monitor by `virsh qemu-monitor-command`, for what libvirt does not report. libvirt marks a domain as tainted
// ("custom-monitor") from the first such command until it is shut down, so nothing here runs unless the user allowed it.

const STATS_MS = 5000

/** forbidden: libvirt never lets this user ask. refused: not this time; the domain may be busy. */
export type OwnCounters = ReadonlyMap<string, Counters> | 'forbidden' | 'refused'

export class LibvirtMonitor {
  readonly #writer: VirshOnDemand
  readonly #domain: string
  /** libvirt lets this user send no such command, so it is not asked once a look. */
  #isForbidden = false

  /** `domain`: a name or UUID that virsh takes. */
  constructor(writer: VirshOnDemand, domain: string) {
    this.#writer = writer
    this.#domain = domain
  }

  /** What QEMU answers; what libvirt refuses is an answer, too. Throws EngineError when libvirt is lost. */
  async execute(command: QmpCommand, timeoutMs: number): Promise<QmpAnswer> {
    try {
      return answerOf(await this.#writer.run(this.#words(command), timeoutMs))
    } catch (error) {
      if (!(error instanceof EngineError) || !['libvirt-refused', 'permission'].includes(error.code)) throw error
      this.#isForbidden ||= error.code === 'permission' || /forbidden|denied/i.test(error.message)
      return { ok: false, class: '', desc: error.message }
    }
  }

  /** QEMU's counters, by the qdev of the disk. */
  async counters(): Promise<OwnCounters> {
    if (this.#isForbidden) return 'forbidden'
    const answer = await this.execute(QUERY_STATS, STATS_MS)
    if (!answer.ok) return this.#isForbidden ? 'forbidden' : 'refused'
    return new Map(readStatsViews(answer.value).map(({ key, counters }) => [key.replace(/^qdev /, ''), counters]))
  }

  /** null: QEMU is not to be asked, or not this time. */
  async jobs(): Promise<OwnJobs | null> {
    if (this.#isForbidden) return null
    const jobs = await this.execute(QUERY_BLOCK_JOBS, STATS_MS)
    const graph = await this.execute(QUERY_BLOCK_GRAPH, STATS_MS)
    if (!jobs.ok) return null
    return { jobs: readBlockJobs(jobs.value), nodes: graph.ok ? readJobNodes(graph.value) : new Map() }
  }

  #words(command: QmpCommand): readonly string[] {
    // A control character inside a string is as good written as an escape, and virsh takes none.
    const json = JSON.stringify(command).replace(/\p{Cc}/gu, escaped)
    return ['qemu-monitor-command', '--domain', this.#domain, '--cmd', json]
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** virsh prints QEMU's whole reply, whether it is a value or an error. */
function answerOf(text: string): QmpAnswer {
  const reply = replyOf(text)
  if (reply !== null && 'return' in reply) return { ok: true, value: reply.return }
  const error = asRecord(reply?.error)
  if (error === null) {
    throw new EngineError('libvirt-refused', 'libvirt gives no answer of QEMU to qemu-monitor-command.', '')
  }
  return { ok: false, class: String(error.class ?? ''), desc: String(error.desc ?? '') }
}

function replyOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    return null
  }
}
