import { EngineError, NotRunningError, UnsentError } from '#main/engine-error.ts'
import { type StepAnswer, sendSteps } from '#main/live/apply-plan.ts'
import type { Look } from '#main/live/observer.ts'
import type { Picture } from '#main/live/picture.ts'
import { QemuLink } from '#main/live/qemu-link.ts'
import type { SessionLink } from '#main/live/session-link.ts'
import type { PlanStep } from '#main/live/steps.ts'
import type { ConnectOptions } from '#main/qmp/qmp-client.ts'
import type { QmpAnswer } from '#main/qmp/qmp-wire.ts'
import { SerialQueue } from '#main/serial-queue.ts'
import { assert } from '#shared/assert.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type { VmState } from '#shared/host-look.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import type { ProxmoxAddress } from '#shared/qemu/vm-address.ts'
import { isQmCommand, isQmpCommand } from '#shared/qemu/vm-command.ts'
import { configText, monitorOf } from './proxmox-files.ts'
import { proxmoxPicture } from './proxmox-picture.ts'
import { runQm } from './qm.ts'
import { readVmConfig, type VmConfig } from './read-config.ts'

/** What one connection told besides is good for as long: a host asks for it right after the look. */
const FRESH_MS = 500

interface Aside {
  readonly state: VmState
  readonly jobs: readonly BlockJob[]
  readonly atMs: number
}

/**
 * A VM of the Proxmox on this machine. Proxmox needs the monitor itself, so a connection is made for each question and ends
 * with its answer. Changes go through `qm`, which writes the configuration and tells QEMU; those that the next start shall
 * not have go straight to QEMU.
 */
export class ProxmoxLink implements SessionLink {
  readonly name: string | null
  readonly version: string
  readonly #vmid: string
  readonly #options: ConnectOptions
  /** One at a time: the monitor serves one. */
  readonly #queue = new SerialQueue()
  #aside: Aside | null = null
  #isClosed = false

  /** Throws EngineError: no such VM, or it does not run, or its monitor does not answer. */
  static async open({ vmid }: ProxmoxAddress, options: ConnectOptions): Promise<ProxmoxLink> {
    const config = readVmConfig(await configText(vmid))
    const qemu = await connect(vmid, options)
    const { name, version } = qemu
    qemu.close()
    return new ProxmoxLink(vmid, { config, name, version, options })
  }

  private constructor(
    vmid: string,
    about: {
      readonly config: VmConfig
      readonly name: string | null
      readonly version: string
      readonly options: ConnectOptions
    },
  ) {
    this.#vmid = vmid
    this.name = about.config.name ?? about.name
    this.version = about.version
    this.#options = about.options
  }

  get title(): null {
    return null
  }

  async discover(): Promise<Picture> {
    const config = readVmConfig(await configText(this.#vmid))
    const seen = await this.#connected((qemu) => qemu.discover())
    const { current, next } = config
    return proxmoxPicture(seen, { vmid: this.#vmid, writesConfig: true, current, next })
  }

  look(nowNs: () => number): Promise<Look> {
    return this.#connected(async (qemu) => {
      const [look] = await Promise.all([qemu.look(nowNs), this.#lookAside(qemu)])
      return look
    })
  }

  async runState(): Promise<VmState> {
    return (await this.#freshAside()).state
  }

  async jobs(): Promise<readonly BlockJob[]> {
    return (await this.#freshAside()).jobs
  }

  send(steps: readonly PlanStep[]): Promise<readonly StepAnswer[]> {
    return sendSteps((command, timeoutMs) => {
      if (isQmCommand(command)) return this.#queue.run(() => runQm(command.qm, timeoutMs))
      assert(isQmpCommand(command), 'a plan for Proxmox has commands of qm and QMP only')
      return this.execute(command, timeoutMs)
    }, steps)
  }

  execute(command: QmpCommand, timeoutMs: number): Promise<QmpAnswer> {
    return this.#connected((qemu) => qemu.execute(command, timeoutMs))
  }

  /** None is heard between two connections: each look finds what has changed. */
  onEvent(): void {}

  /** Nothing is held that could be lost; what is asked next fails. */
  onClose(): void {}

  close(): void {
    this.#isClosed = true
  }

  /** What a look that was asked for at the same time tells is known when it is this one's turn. */
  #freshAside(): Promise<Aside> {
    return this.#queue.run(async () => {
      const known = this.#aside
      if (known !== null && performance.now() - known.atMs < FRESH_MS) return known
      return this.#connectedNow((qemu) => this.#lookAside(qemu))
    })
  }

  async #lookAside(qemu: QemuLink): Promise<Aside> {
    const [state, jobs] = await Promise.all([qemu.runState(), qemu.jobs()])
    const aside = { state, jobs, atMs: performance.now() }
    this.#aside = aside
    return aside
  }

  #connected<T>(work: (qemu: QemuLink) => Promise<T>): Promise<T> {
    return this.#queue.run(() => this.#connectedNow(work))
  }

  /** On its turn. */
  async #connectedNow<T>(work: (qemu: QemuLink) => Promise<T>): Promise<T> {
    if (this.#isClosed) {
      throw new UnsentError(new EngineError('cancelled', `The connection to VM ${this.#vmid} was closed.`, ''))
    }
    const qemu = await connect(this.#vmid, this.#options).catch(throwUnsent)
    try {
      return await work(qemu)
    } finally {
      qemu.close()
    }
  }
}

/** What was to be asked was not, then; a VM that does not run is said to be so. */
function throwUnsent(error: unknown): never {
  throw error instanceof EngineError && !(error instanceof NotRunningError) ? new UnsentError(error) : error
}

async function connect(vmid: string, options: ConnectOptions): Promise<QemuLink> {
  try {
    return await QemuLink.open({ kind: 'unix', path: monitorOf(vmid) }, options)
  } catch (error) {
    if (!(error instanceof NotRunningError)) throw error
    throw new NotRunningError('qmp-refused', `VM ${vmid} does not run.`, `Start it: qm start ${vmid}`, { cause: error })
  }
}
