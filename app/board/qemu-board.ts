import { EngineError } from '#main/engine-error.ts'
import type { ApplyJournal } from '#main/live/apply-journal.ts'
import { absoluteAddress } from '#main/live/lift/same-vm.ts'
import { labelOf } from '#main/live/qemu-label.ts'
import { QemuSession } from '#main/live/qemu-session.ts'
import { listSockets } from '#main/qmp/list-sockets.ts'
import type { Outcome, QemuApplyReply, QemuState } from '#shared/ipc/contract.ts'
import type { LiftRequest, QemuSocket, RecordingState } from '#shared/ipc/live-ops.ts'
import { formatVmAddress, parseVmAddress } from '#shared/qemu/vm-address.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { adoptReality } from '#shared/workspace/adopt-reality.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { LiftBoard, type LiftPorts, liftedSession } from './lift-board.ts'
import { beginPercentiles, endPercentiles } from './percentiles.ts'
import { DETACHED } from './qemu-detached.ts'
import { RecordBoard, type RecordPorts } from './record-board.ts'

// The VM of one board. The document stays the user's: it is replaced only by one that shows the VM's disks, and only
// after the user had a chance to save.

/** The board's document, as far as a VM concerns it. */
export interface QemuDocument {
  readonly workspace: Workspace
  /** Whether it has edits that no file holds. */
  readonly isDirty: boolean
  /** A workspace of no file. Not ok: the user keeps what is open. */
  adopt(workspace: Workspace, how: { readonly isSaved: boolean }): Promise<Outcome>
  /** The same document with other contents. */
  change(workspace: Workspace): void
}

export interface QemuPorts {
  readonly document: QemuDocument
  /** Addresses that worked, newest first. */
  readonly recent: { list(): readonly string[]; remember(address: string): void }
  readonly onState: (state: QemuState) => void
  readonly onSnapshot: (snapshot: Snapshot) => void
  /** Where an Apply is written down before it begins; left out: nowhere, as in tests. */
  readonly journal?: ApplyJournal
  /** Left out: nothing can be lifted, as in tests. */
  readonly lift?: LiftPorts
  /** Left out: nothing can be recorded, as in tests. */
  readonly record?: RecordPorts
}

/** Whether limits of a VM that is let go stay lifted, for its host to put back. */
type AfterLift = 'put-back' | 'stays'

interface Attempt {
  readonly session: QemuSession
  isCancelled: boolean
}

const FINE: Outcome = { ok: true }
const CANCELLED: Outcome = { ok: false, message: 'Connecting was cancelled.', issues: [] }
const WAITS_FOR_ANSWER = 'The VM answers. Opening it replaces the board: save or discard your unsaved edits first.'
const NO_VM = 'No VM is attached.'

export class QemuBoard {
  readonly #ports: QemuPorts
  #session: QemuSession | null = null
  #lift: LiftBoard | null = null
  #record: RecordBoard | null = null
  /** The attempt under way. */
  #attempt: Attempt | null = null

  constructor(ports: QemuPorts) {
    this.#ports = ports
  }

  /** null: no VM is attached. */
  get session(): QemuSession | null {
    return this.#session
  }

  get state(): QemuState {
    return this.#session?.state ?? DETACHED
  }

  get latest(): Snapshot | null {
    return this.#session?.latestSnapshot ?? null
  }

  /** Those that worked before, then those in the usual places. None is opened. */
  async sockets(): Promise<readonly QemuSocket[]> {
    return [...this.#ports.recent.list().map(recentSocket), ...(await listSockets())]
  }

  /**
   * Attaches to a VM, or tries at once if it was lost. One attached before is let go only when that went well; `lift`: what
   * becomes then of what is lifted of that one.
   */
  async connect(text: string, lift: AfterLift = 'put-back'): Promise<Outcome> {
    const parsed = parseVmAddress(text)
    if (!parsed.ok) return { ok: false, message: 'That is not a VM address.', issues: parsed.issues }
    const address = formatVmAddress(parsed.value)
    if (this.#session?.state.address === address) {
      this.#session.retryNow()
      return FINE
    }
    if (this.#attempt !== null) return refused('Weir is already connecting.')
    const session = new QemuSession({
      address: parsed.value,
      open: this.#ports.document.workspace,
      journal: this.#ports.journal ?? null,
    })
    const attempt: Attempt = { session, isCancelled: false }
    this.#attempt = attempt
    try {
      await session.connect()
      const shown = attempt.isCancelled ? CANCELLED : await this.#show(session)
      if (!shown.ok || attempt.isCancelled) {
        await session.close()
        return shown.ok ? CANCELLED : shown
      }
      await this.#attach(session, lift)
      if (attempt.isCancelled) {
        await this.#detach('put-back')
        return CANCELLED
      }
      this.#ports.recent.remember(address)
      return FINE
    } catch (error) {
      await session.close()
      if (!(error instanceof EngineError)) throw error
      return attempt.isCancelled ? CANCELLED : refused(`${error.message} ${error.advice}`)
    } finally {
      this.#attempt = null
      if (this.#session === null) this.#ports.onState(DETACHED)
    }
  }

  /** Lets the VM go, or gives up the attempt to reach one. */
  async disconnect(lift: AfterLift = 'put-back'): Promise<void> {
    if (this.#attempt !== null) {
      this.#attempt.isCancelled = true
      if (this.#attempt.session.state.status === 'connecting') await this.#attempt.session.close()
      return
    }
    if (this.#session === null) return
    await this.#detach(lift)
    this.#ports.onState(DETACHED)
  }

  /** `commands`: what the user saw; null: whatever is staged. */
  async sendStaged(commands: readonly string[] | null): Promise<QemuApplyReply> {
    return this.#session?.sendStaged(commands ?? undefined) ?? { ok: false, answers: [], message: NO_VM }
  }

  /** Stages the rest of an Apply that was cut off, or what ran before it; the user applies. leave: it is forgotten. */
  async settleCutOff(action: 'finish' | 'put-back' | 'leave'): Promise<Outcome> {
    const session = this.#session
    const found = session?.record.cutOff ?? null
    if (session === null || found === null) return refused(NO_VM)
    if (action === 'leave') {
      await session.record.end()
      this.#ports.onState(session.state)
      return FINE
    }
    const { document } = this.#ports
    document.change(adoptReality(document.workspace, action === 'finish' ? found.desired : found.before))
    await session.apply(document.workspace, session.latestSnapshot?.appliedRevision ?? 0)
    return FINE
  }

  /** put-back stages what was lost; adopt takes what runs into the document. */
  async settleDrift(action: 'put-back' | 'adopt'): Promise<Outcome> {
    const session = this.#session
    if (session === null) return refused(NO_VM)
    if (action === 'put-back') {
      session.stage((staging) => staging.putBack())
      return FINE
    }
    const { reality } = session.state
    if (reality === null) return FINE
    const { document } = this.#ports
    document.change(adoptReality(document.workspace, reality))
    await session.apply(document.workspace, session.latestSnapshot?.appliedRevision ?? 0)
    return FINE
  }

  get lift(): LiftBoard | null {
    return this.#lift
  }

  beginLift(request: LiftRequest): Promise<Outcome> {
    return this.#lift?.begin(request) ?? Promise.resolve(refused(NO_VM))
  }

  putBackLift(): Promise<Outcome> {
    return this.#lift?.putBack() ?? Promise.resolve(refused(NO_VM))
  }

  async setPercentiles({ isOn, mayTaint }: { readonly isOn: boolean; readonly mayTaint: boolean }): Promise<Outcome> {
    if (this.#session === null) return refused(NO_VM)
    if (isOn && mayTaint) this.#session.mayTaint = true
    if (isOn) beginPercentiles(this.#session)
    const problem = isOn ? null : await endPercentiles(this.#session)
    return problem === null ? FINE : refused(`${problem.message} ${problem.advice}`)
  }

  get recording(): RecordingState | null {
    return this.#record?.state ?? null
  }

  startRecording(): Promise<Outcome> {
    return this.#record?.start() ?? Promise.resolve(refused(NO_VM))
  }

  stopRecording(): Promise<Outcome> {
    return this.#record?.stop() ?? Promise.resolve(refused(NO_VM))
  }

  setNextStart(isOn: boolean): Outcome {
    this.#session?.stage((staging) => staging.setNextStart(isOn))
    return this.#session === null ? refused(NO_VM) : FINE
  }

  stageJobSpeed(id: string, speedBps: number | null): Outcome {
    if (this.#session === null) return refused(NO_VM)
    this.#session.stage((staging) => staging.stageSpeed(id, speedBps))
    return FINE
  }

  /** Another document is on the board: the VM is let go unless the document is about it. */
  async documentReplaced(workspace: Workspace): Promise<'stays' | 'let go'> {
    if (this.#session === null || this.#session.workspace === workspace) return 'stays'
    if (this.#session.takeDocument(workspace)) return 'stays'
    await this.disconnect()
    return 'let go'
  }

  /** The document as the session begins with it. Not ok: the user would not give up the open one. */
  async #show(session: QemuSession): Promise<Outcome> {
    if (session.opening === 'captured' && this.#ports.document.isDirty && this.#session === null) {
      this.#ports.onState({ ...session.state, status: 'connecting', message: WAITS_FOR_ANSWER })
    }
    if (session.opening === 'captured') return this.#ports.document.adopt(session.workspace, { isSaved: true })
    if (session.opening === 'grown') this.#ports.document.change(session.workspace)
    return FINE
  }

  async #attach(session: QemuSession, lift: AfterLift): Promise<void> {
    await this.#detach(lift)
    this.#session = session
    session.onSnapshot(this.#ports.onSnapshot)
    session.onState(this.#ports.onState)
    this.#ports.onState(session.state)
    if (this.#ports.record !== undefined) this.#record = new RecordBoard(session, this.#ports.record)
    const address = parseVmAddress(session.state.address ?? '')
    if (this.#ports.lift === undefined || !address.ok) return
    this.#lift = new LiftBoard(
      liftedSession(session),
      formatVmAddress(absoluteAddress(address.value)),
      this.#ports.lift,
    )
    await this.#lift.look().catch((error: unknown) => {
      if (!(error instanceof EngineError)) throw error
      this.#ports.lift?.onProblem({ message: error.message, advice: error.advice })
    })
  }

  async #detach(then: AfterLift): Promise<void> {
    const [session, lift, record] = [this.#session, this.#lift, this.#record]
    this.#lift = null
    this.#record = null
    await record?.close()
    if (then === 'stays') lift?.leave()
    else await lift?.close()
    if (lift !== null) this.#ports.lift?.onState(null)
    const stays = session === null ? null : await endPercentiles(session)
    if (stays !== null) this.#ports.lift?.onProblem(stays)
    this.#session = null
    await session?.close()
  }
}

function recentSocket(address: string): QemuSocket {
  const parsed = parseVmAddress(address)
  return { address, label: parsed.ok ? labelOf(parsed.value, null) : address, origin: 'recent' }
}

function refused(message: string): Outcome {
  return { ok: false, message, issues: [] }
}
