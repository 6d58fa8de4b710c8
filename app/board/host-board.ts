import { stat } from 'node:fs/promises'
import { placeDrift } from '#main/libvirt/three-places.ts'
import { Host } from '#main/live/host/host.ts'
import { setJobSpeed } from '#main/live/jobs/job-speeds.ts'
import type { LiftJournal } from '#main/live/lift/lift-journal.ts'
import type { HostState } from '#shared/host-look.ts'
import type { Outcome, RequestOf } from '#shared/ipc/contract.ts'
import type { LiftRequest } from '#shared/ipc/live-ops.ts'
import { isProxmoxHost } from '#shared/qemu/vm-address.ts'
import { hostPort } from '../cli/host-source.ts'
import { HostLifts, notHere } from './host-lifts.ts'
import { asOutcome } from './lift-board.ts'
import type { Problem } from './problem.ts'

// The host of one board: every VM of it in a table, and the board of one of them on top. That VM's monitor is the
// session's while its board is open, so the host leaves it alone until then. What is done to a VM beside the table goes
// by the host's own link to it.

const FINE: Outcome = { ok: true }
const NO_HOST: Outcome = { ok: false, message: 'No host is watched.', issues: [] }

export interface HostPorts {
  readonly onState: (state: HostState | null) => void
  readonly onProblem: (problem: Problem) => void
  /** Left out: nothing can be lifted, as in tests. */
  readonly journal?: LiftJournal | undefined
}

/** Whether `text` names a host rather than a VM: libvirt without a domain, Proxmox without a VM, or a folder. */
export async function isHostAddress(text: string): Promise<boolean> {
  const trimmed = text.trim()
  if (isProxmoxHost(trimmed)) return true
  if (/^libvirt:/.test(trimmed)) return !trimmed.includes('#')
  return (await stat(trimmed.replace(/^unix:/, '')).catch(notThere))?.isDirectory() ?? false
}

function notThere(): null {
  return null
}

export class HostBoard {
  readonly #ports: HostPorts
  #host: Host | null = null
  #lifts: HostLifts | null = null
  #isConnecting = false
  /** The VM on the board. */
  #opened: string | null = null
  /** VMs whose monitors the table has let go: of the one on the board, and of one that is about to take its place. */
  readonly #lent = new Set<string>()
  #selected: string | null = null

  constructor(ports: HostPorts) {
    this.#ports = ports
  }

  /** null: no host is watched. */
  get state(): HostState | null {
    const host = this.#host
    if (host === null) return null
    return {
      look: host.look(),
      opened: this.#opened,
      lifts: this.#lifts?.states ?? {},
      histograms: host.histograms(),
    }
  }

  /** Watches another host. One watched before is let go only when that went well. */
  async connect(text: string): Promise<Outcome> {
    if (this.#isConnecting) return { ok: false, message: 'Weir is already connecting.', issues: [] }
    this.#isConnecting = true
    try {
      return await this.#connect(text)
    } finally {
      this.#isConnecting = false
    }
  }

  async #connect(text: string): Promise<Outcome> {
    const port = hostPort(text.trim().replace(/^unix:/, ''), 'address')
    if (!port.ok) return { ok: false, message: 'This host cannot be watched.', issues: port.issues }
    const host = new Host({ ports: [port.value], jobs: true, driftOf: (_vm, picture) => placeDrift(picture) })
    await host.start()
    const { problems, vms } = host.look()
    if (problems.length > 0 && vms.length === 0) {
      host.close()
      return { ok: false, message: problems.join(' '), issues: [] }
    }
    await this.#close()
    this.#host = host
    const { journal, onProblem } = this.#ports
    if (journal !== undefined) {
      this.#lifts = new HostLifts({
        host,
        journal,
        isLent: (id) => this.#lent.has(id),
        onProblem,
        onState: () => this.#lifted(),
      })
      await this.#lifts.look()
    }
    host.onLook(() => {
      this.#notify()
      void this.#lifts?.look()
    })
    this.#notify()
    return FINE
  }

  /** Puts back what is lifted of its VMs, takes out its latency histograms and lets them go. */
  async disconnect(): Promise<void> {
    if (this.#host === null) return
    await this.#close()
    this.#notify()
  }

  /** Leaves the VM's monitor to the board that is about to open, when nothing changes it any more. */
  async release(id: string): Promise<void> {
    this.#lent.add(id)
    await this.#host?.release(id)
    this.#lifts?.leave(id)
  }

  /** The board of the VM is shown from now on, instead of that of another one. */
  opened(id: string): void {
    this.#opened = id
    this.#takeAllBut(id)
  }

  /** The board of the VM did not open: what is shown stays. */
  notOpened(): void {
    this.#takeAllBut(this.#opened)
  }

  /** The board of the VM is closed: it is a row of the table again. */
  take(): void {
    if (this.#opened === null) return
    this.#opened = null
    this.#takeAllBut(null)
  }

  #takeAllBut(kept: string | null): void {
    for (const id of this.#lent) {
      if (id === kept) continue
      this.#host?.take(id)
      this.#lent.delete(id)
    }
    void this.#lifts?.look()
    this.#notify()
  }

  /** The VM that stands beside the table. */
  select(id: string | null): Outcome {
    if (this.#host === null) return NO_HOST
    if (id !== null && !this.#host.ids.includes(id)) return notHere(id)
    this.#selected = id
    this.#attend()
    return FINE
  }

  beginLift(id: string, request: LiftRequest): Promise<Outcome> {
    return this.#lifts?.begin(id, request) ?? Promise.resolve(NO_HOST)
  }

  putBackLift(id: string): Promise<Outcome> {
    return this.#lifts?.putBack(id) ?? Promise.resolve(NO_HOST)
  }

  /** Latency histograms of one VM: off is done when Weir's are taken out. */
  async setPercentiles({ vm, isOn, mayTaint }: RequestOf<'host/percentiles'>): Promise<Outcome> {
    const host = this.#host
    if (host === null) return NO_HOST
    if (!host.ids.includes(vm)) return notHere(vm)
    const outcome = await asOutcome(async () => {
      if (isOn) await host.beginPercentiles(vm, mayTaint)
      const left = isOn ? [] : await host.endPercentiles(vm)
      return left.length === 0
        ? FINE
        : { ok: false, message: `Latency histograms were not removed. ${left.join(' ')}`, issues: [] }
    })
    this.#notify()
    return outcome
  }

  /** At once: there is no board on which it could wait for Apply. */
  setJobSpeed({ vm, job, speedBps }: RequestOf<'host/job-speed'>): Promise<Outcome> {
    const host = this.#host
    if (host === null) return Promise.resolve(NO_HOST)
    return asOutcome(async () => {
      const problem = await host.work(vm, (open) => setJobSpeed(open, job, speedBps))
      return problem === null ? FINE : { ok: false, message: problem, issues: [] }
    })
  }

  async #close(): Promise<void> {
    const [host, lifts] = [this.#host, this.#lifts]
    await lifts?.close()
    const left = (await host?.finish()) ?? []
    if (left.length > 0)
      this.#ports.onProblem({ message: 'Latency histograms were not removed.', advice: left.join(' ') })
    if (this.#host !== host) return
    this.#host = null
    this.#lifts = null
    this.#opened = null
    this.#lent.clear()
    this.#selected = null
  }

  #lifted(): void {
    this.#attend()
    this.#notify()
  }

  #attend(): void {
    const ids = [this.#selected, ...(this.#lifts?.withJob ?? [])].filter((id) => id !== null)
    this.#host?.attend(new Set(ids))
  }

  #notify(): void {
    this.#ports.onState(this.state)
  }
}
