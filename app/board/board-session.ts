import { SerialQueue } from '#main/serial-queue.ts'
import { resolvePaths } from '#main/workspace/file-paths.ts'
import { assertNever } from '#shared/assert.ts'
import type { ApplyReply, BoardMode, Outcome, PredictProgress, RequestOf } from '#shared/ipc/contract.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { HostBoard, isHostAddress } from './host-board.ts'
import { LabSession } from './lab-session.ts'
import { livePorts } from './live-ports.ts'
import { predictOrder } from './predict-order.ts'
import { PredictRunner } from './predict-runner.ts'
import { QemuBoard } from './qemu-board.ts'
import type { SessionPorts } from './session-ports.ts'
import { VmOpening } from './vm-opening.ts'
import { WindowWorkspace } from './window-workspace.ts'
import { WriteConsent } from './write-consent.ts'

// Which source a board shows, and what goes to it. The window sends workspaces or what changed in them; the mode says who gets them.
// The lab rests while another source is shown and goes on where it was.

type Action = 'start' | 'pause' | 'reset'

const FINE: Outcome = { ok: true }
const NO_PERMISSION =
  'You did not allow the lab to write to these files, so nothing was changed. Press Start to be asked again.'

export class BoardSession {
  readonly #ports: SessionPorts
  readonly #lab: LabSession
  readonly #predict: PredictRunner
  readonly #qemu: QemuBoard
  readonly #host: HostBoard
  readonly #vmOpening: VmOpening
  readonly #consent: WriteConsent
  readonly #window: WindowWorkspace
  #mode: BoardMode = 'lab'
  #revision = 0
  #opening: Promise<void> = Promise.resolve()
  /**
   * Starts, pauses and changes of mode go one after the other: the last one wins, and no Start gets between a Pause and
   * what that leaves behind, or the lab would run without asking before it writes.
   */
  readonly #turns = new SerialQueue()
  /** Whether the lab ran when another source took the board. */
  #resumeLab = false
  /** From Start to Pause: what is applied then runs at once. */
  #isStarted = false

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.#consent = new WriteConsent(ports.askToWrite)
    this.#window = new WindowWorkspace(ports.document)
    this.#lab = new LabSession({
      createLab: ports.createLab,
      onSnapshot: (snapshot) => {
        if (this.#mode === 'lab') ports.push('snapshot', snapshot)
      },
      problem: (message, advice) => ports.push('problem', { message, advice }),
    })
    this.#qemu = new QemuBoard({
      document: ports.document,
      recent: ports.recentSockets,
      ...(ports.journal === undefined ? {} : { journal: ports.journal }),
      ...livePorts(ports),
      onState: (state) => ports.push('qemu', state),
      onSnapshot: (snapshot) => {
        if (this.#mode === 'qemu') ports.push('snapshot', snapshot)
      },
    })
    this.#host = new HostBoard({
      journal: ports.liftJournal,
      onState: (state) => ports.push('host', state),
      onProblem: (problem) => ports.push('problem', problem),
    })
    this.#vmOpening = new VmOpening(this.#host, this.#qemu)
    this.#predict = new PredictRunner(ports.predictWorkerUrl, (progress: PredictProgress) =>
      ports.push('predict', progress),
    )
  }

  get mode(): BoardMode {
    return this.#mode
  }

  get latestSnapshot() {
    if (this.#mode === 'predict') return null
    return this.#mode === 'lab' ? this.#lab.latest : this.#qemu.latest
  }

  get host(): HostBoard {
    return this.#host
  }

  get qemu(): QemuBoard {
    return this.#qemu
  }

  /** Another document took the place of the old one. What comes after waits until its lab is there. */
  open(workspace: Workspace): void {
    this.#resumeLab = false
    this.#isStarted = false
    this.#revision += 1
    const revision = this.#revision
    // From its own folder: another document may be open by then.
    const absolute = this.#absolute(workspace)
    const ended = this.#predict.cancel()
    this.#opening = this.#opening
      // A lab's threads and the window's first picture would only hold each other up.
      .then(() => this.#ports.firstPicture)
      .then(() => ended)
      .then(() => this.#leaveVmOfOther(workspace))
      .catch((error: unknown) => this.#tell('The VM was not let go as it should be.', error))
      .then(() => this.#lab.open(absolute, revision))
      .catch((error: unknown) => this.#tell('The lab did not start.', error))
  }

  async #leaveVmOfOther(workspace: Workspace): Promise<void> {
    if ((await this.#qemu.documentReplaced(workspace)) === 'let go') this.#vmOpening.giveBack()
  }

  /** Of what nobody waits for: whatever fails, what comes after goes on. */
  #tell(message: string, error: unknown): void {
    this.#ports.push('problem', { message, advice: error instanceof Error ? error.message : String(error) })
    this.#ports.log(message, error)
  }

  /** What the user wants, as the window has it. Where it is wrong the old stays in force; a wrong limit concerns its group alone. */
  async apply({ generation, workspace, revision }: RequestOf<'board/apply'>): Promise<ApplyReply | null> {
    if (generation !== this.#ports.document.generation) return null // it is about the one before
    this.#revision = Math.max(this.#revision, revision)
    const { document } = this.#ports
    const { workspace: desired, issues } = this.#window.take(workspace, revision)
    if (desired === null || issues.length > 0) document.takeProblems(issues, desired)
    else document.take(desired)
    if (desired === null) return { revision, issues }
    await this.#opening
    if (generation !== document.generation) return null // another document came meanwhile
    // Staged whatever is shown at the moment; nothing is sent before Apply.
    await this.#qemu.session?.apply(desired, revision)
    if (this.#mode !== 'lab') return { revision, issues }
    const atPaths = this.#absolute(desired)
    if (this.#isStarted && !(await this.#consent.covers(atPaths))) {
      return { revision, issues: [...issues, { path: '', code: 'permission', message: NO_PERMISSION }] }
    }
    if (generation !== document.generation) return null // or while the user was asked
    return { revision, issues: [...issues, ...(await this.#lab.apply(atPaths, revision))] }
  }

  /** The same, of what changed since the revision before; null: that one is not held here, the whole is asked for. */
  async applyDifference(edit: RequestOf<'board/apply-difference'>): Promise<ApplyReply | null> {
    const workspace = this.#window.withDifference(edit)
    const { generation, revision } = edit
    return workspace === null ? null : this.apply({ generation, workspace, revision })
  }

  control(action: Action): Promise<Outcome> {
    return this.#turns.run(() => this.#control(action))
  }

  async #control(action: Action): Promise<Outcome> {
    await this.#opening
    switch (this.#mode) {
      case 'lab':
        if (action === 'start') return this.#startLab()
        if (action === 'pause') return this.#pauseLab()
        await this.#lab.reset()
        return FINE
      case 'qemu':
        if (this.#qemu.session === null) return refused('No VM is attached.')
        await this.#qemu.session[action]()
        return FINE
      case 'predict':
        return refused('A prediction has its own Run and Cancel.')
      default:
        return assertNever(this.#mode)
    }
  }

  setMode(mode: BoardMode): Promise<Outcome> {
    return this.#turns.run(() => this.#changeMode(mode))
  }

  async #changeMode(mode: BoardMode): Promise<Outcome> {
    await this.#opening
    if (mode === this.#mode) return FINE
    if (this.#mode === 'lab') await this.#restLab()
    if (this.#mode === 'predict') await this.#predict.cancel()
    this.#mode = mode
    this.#ports.push('mode', mode)
    const outcome = mode === 'lab' ? await this.#wakeLab(this.#ports.document.workspace) : FINE
    const latest = this.latestSnapshot
    if (latest) this.#ports.push('snapshot', latest)
    return outcome
  }

  /** Attaches to a VM and shows it, or to a host and shows its VMs. */
  async connect(address: string): Promise<Outcome> {
    const isHost = await isHostAddress(address)
    const outcome = await (isHost ? this.#host : this.#qemu).connect(address)
    if (!outcome.ok) return outcome
    if (isHost) await this.#qemu.disconnect()
    else await this.#host.disconnect()
    return this.setMode('qemu')
  }

  /** The board of one VM of the host. */
  async openVm(id: string): Promise<Outcome> {
    const outcome = await this.#vmOpening.open(id)
    return outcome.ok ? this.setMode('qemu') : outcome
  }

  /** Lets go of the VM; a host that is watched shows it among its others again, and sees to what is lifted of it. */
  async disconnect(): Promise<void> {
    await this.#qemu.disconnect(this.#host.state === null ? 'put-back' : 'stays')
    this.#vmOpening.giveBack()
  }

  /** Lets go of the host, and of the VM of it that is on the board. */
  async leaveHost(): Promise<void> {
    await this.#qemu.disconnect()
    await this.#host.disconnect()
  }

  async predict(request: RequestOf<'predict/run'>): Promise<Outcome> {
    const asked = predictOrder(request, this.#ports.document.folder)
    if (!asked.ok) return asked
    await this.#predict.run(request.run, asked.order)
    return FINE
  }

  async cancelPrediction(): Promise<Outcome> {
    await this.#predict.cancel()
    return FINE
  }

  /** The machine goes to sleep: a run must not find that a night has passed within one request. */
  async suspend(): Promise<void> {
    if (this.#mode === 'lab') await this.#restLab()
  }

  async resume(): Promise<void> {
    if (this.#mode !== 'lab' || !this.#resumeLab) return
    this.#resumeLab = false
    await this.#lab.start()
  }

  async close(): Promise<void> {
    await this.#opening
    await Promise.all([this.#host.disconnect(), this.#predict.cancel(), this.#lab.close(), this.#qemu.disconnect()])
  }

  async #startLab(): Promise<Outcome> {
    // From here on no edit gets past the question, either.
    this.#isStarted = true
    this.#consent.forgetRefusals()
    if (!(await this.#consent.covers(this.#absolute(this.#ports.document.workspace)))) {
      this.#isStarted = this.#lab.isRunning
      return refused(NO_PERMISSION)
    }
    await this.#lab.start()
    return FINE
  }

  async #pauseLab(): Promise<Outcome> {
    // Nothing but the user starts it again, not even the machine that wakes up.
    this.#resumeLab = false
    await this.#lab.pause()
    this.#isStarted = false
    return FINE
  }

  async #restLab(): Promise<void> {
    // A machine may say twice that it goes to sleep.
    const runs = this.#lab.isRunning
    this.#resumeLab ||= runs
    if (runs) await this.#lab.pause()
  }

  async #wakeLab(workspace: Workspace): Promise<Outcome> {
    const issues = await this.#lab.apply(this.#absolute(workspace), this.#revision)
    const resumes = this.#resumeLab
    this.#resumeLab = false
    if (resumes) {
      const started = await this.#startLab()
      if (!started.ok) return started
    }
    return issues.length === 0 ? FINE : { ok: false, message: 'The lab cannot run this workspace.', issues }
  }

  #absolute(workspace: Workspace): Workspace {
    return resolvePaths(workspace, this.#ports.document.folder)
  }
}

function refused(message: string): Outcome {
  return { ok: false, message, issues: [] }
}
