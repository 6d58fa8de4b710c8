import type { EngineError } from '#main/engine-error.ts'
import { QUERY_BLOCK_JOBS, readBlockJobs } from '#main/qmp/block-jobs.ts'
import { QUERY_CHARDEV, readListeningSockets } from '#main/qmp/chardevs.ts'
import { QUERY_BLOCK_GRAPH, readJobNodes } from '#main/qmp/job-nodes.ts'
import { type ConnectOptions, QmpClient } from '#main/qmp/qmp-client.ts'
import { readStatsViews } from '#main/qmp/qmp-views.ts'
import { asRecord, type QmpAnswer, type QmpEvent } from '#main/qmp/qmp-wire.ts'
import { assert } from '#shared/assert.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type { VmState } from '#shared/host-look.ts'
import type { QmpAddress } from '#shared/qemu/qmp-address.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { isQmpCommand } from '#shared/qemu/vm-command.ts'
import { type StepAnswer, sendSteps } from './apply-plan.ts'
import { discover, goodValue, identify, type QemuIdentity, QUERY_STATS, QUERY_STATUS } from './discover.ts'
import type { Look } from './observer.ts'
import type { Picture } from './picture.ts'
import { vmStateOf } from './run-state.ts'
import type { SessionLink } from './session-link.ts'
import type { PlanStep } from './steps.ts'

/** One connection to a QEMU, with the few things a session asks of it. */
export class QemuLink implements SessionLink {
  readonly identity: QemuIdentity
  readonly #client: QmpClient
  /** The guest ran when it was last asked, and QEMU has sent no event since: it sends one whenever a guest stops. */
  #isRunning = false
  #events = 0

  static async open(address: QmpAddress, options: ConnectOptions): Promise<QemuLink> {
    const client = await QmpClient.connect(address, options)
    try {
      return new QemuLink(client, await identify(client))
    } catch (error) {
      client.close()
      throw error
    }
  }

  private constructor(client: QmpClient, identity: QemuIdentity) {
    this.#client = client
    this.identity = identity
    client.onEvent(() => {
      this.#isRunning = false
      this.#events += 1
    })
  }

  get name(): string | null {
    return this.identity.name
  }

  /** Only libvirt keeps titles. */
  get title(): null {
    return null
  }

  /** `7.2.22` */
  get version(): string {
    return this.identity.version
  }

  async discover(): Promise<Picture> {
    const events = this.#events
    const picture = await discover(this.#client, this.identity)
    this.#noteState(vmStateOf(picture.status), events)
    return picture
  }

  async look(nowNs: () => number): Promise<Look> {
    const askedNs = nowNs()
    const answer = await this.#client.execute(QUERY_STATS)
    const slackNs = (nowNs() - askedNs) / 2
    return { stats: readStatsViews(goodValue(QUERY_STATS, answer)), atNs: askedNs + slackNs, slackNs }
  }

  /** Asks only where it cannot be known: a host asks every VM every second. */
  async runState(): Promise<VmState> {
    if (this.#isRunning) return 'running'
    const events = this.#events
    const answer = goodValue(QUERY_STATUS, await this.#client.execute(QUERY_STATUS))
    const state = vmStateOf(asRecord(answer)?.status)
    this.#noteState(state, events)
    return state
  }

  /** An event since the question may be of a later state than the answer. */
  #noteState(state: VmState, eventsBefore: number): void {
    this.#isRunning = state === 'running' && this.#events === eventsBefore
  }

  async jobs(): Promise<readonly BlockJob[]> {
    const jobs = readBlockJobs(goodValue(QUERY_BLOCK_JOBS, await this.#client.execute(QUERY_BLOCK_JOBS)))
    if (jobs.length === 0) return jobs
    const graph = await this.#client.execute(QUERY_BLOCK_GRAPH)
    const nodes = graph.ok ? readJobNodes(graph.value) : new Map<string, readonly string[]>()
    return jobs.map((job) => ({ ...job, nodes: nodes.get(job.id) ?? null }))
  }

  /** Unix sockets on which this QEMU listens, this connection's among them; none where it does not say. */
  async listeningSockets(): Promise<readonly string[]> {
    const answer = await this.#client.execute(QUERY_CHARDEV)
    return answer.ok ? readListeningSockets(answer.value) : []
  }

  /** One command of QMP. */
  execute(command: QmpCommand, timeoutMs: number): Promise<QmpAnswer> {
    return this.#client.execute(command, timeoutMs)
  }

  send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]> {
    return sendSteps((command, timeoutMs) => {
      assert(isQmpCommand(command), 'a plan for a QMP socket has commands of QMP only')
      return this.#client.execute(command, timeoutMs)
    }, steps)
  }

  onEvent(listener: (event: QmpEvent) => void): void {
    this.#client.onEvent(listener)
  }

  onClose(listener: (reason: EngineError) => void): void {
    this.#client.onClose(listener)
  }

  close(): void {
    this.#client.close()
  }
}
