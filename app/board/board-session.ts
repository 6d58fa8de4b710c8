import { resolvePaths } from '#main/workspace/file-paths.ts'
import { assertNever } from '#shared/assert.ts'
import type { ApplyReply, BoardMode, Outcome, PredictProgress, QemuState, RequestOf } from '#shared/ipc/contract.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { type LabPorts, LabSession } from './lab-session.ts'
import { MAX_PREDICT_SAMPLES } from './predict-messages.ts'
import { PredictRunner } from './predict-runner.ts'
import type { Push } from './push.ts'
import { DETACHED } from './qemu-detached.ts'

// Which source a board shows, and what goes to it. The window sends whole workspaces; the mode says who gets them.
// The lab rests while another source is shown and goes on where it was.

const FINE: Outcome = { ok: true }

export interface SessionPorts {
  readonly push: Push
  readonly createLab: LabPorts['createLab']
  readonly predictWorkerUrl: URL
  readonly log: (text: string, error: unknown) => void
  /** The document's workspace and the folder that its relative paths start from. */
  readonly document: { readonly workspace: Workspace; readonly folder: string; take(workspace: Workspace): void }
}

export class BoardSession {
  readonly #ports: SessionPorts
  readonly #lab: LabSession
  readonly #predict: PredictRunner
  #mode: BoardMode = 'lab'
  #revision = 0
  #opening: Promise<void> = Promise.resolve()
  /** Whether the lab ran when another source took the board. */
  #resumeLab = false

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.#lab = new LabSession({
      createLab: ports.createLab,
      onSnapshot: (snapshot) => {
        if (this.#mode === 'lab') ports.push('snapshot', snapshot)
      },
      problem: (message, advice) => ports.push('problem', { message, advice }),
    })
    this.#predict = new PredictRunner(ports.predictWorkerUrl, (progress: PredictProgress) =>
      ports.push('predict', progress),
    )
  }

  get mode(): BoardMode {
    return this.#mode
  }

  get latestSnapshot() {
    return this.#mode === 'lab' ? this.#lab.latest : null
  }

  qemuState(): QemuState {
    return DETACHED
  }

  /** Another document took the place of the old one. What comes after waits until its lab is there. */
  open(workspace: Workspace): void {
    this.#resumeLab = false
    this.#revision += 1
    const revision = this.#revision
    this.#opening = this.#opening.then(async () => {
      await this.#predict.cancel()
      try {
        await this.#lab.open(this.#absolute(workspace), revision)
      } catch (error) {
        const advice = error instanceof Error ? error.message : String(error)
        this.#ports.push('problem', { message: 'The lab did not start.', advice })
        this.#ports.log('the lab did not start', error)
      }
    })
  }

  /** The window's wish. Wrong ones change nothing: the old limits stay in force. */
  async apply({ workspace, revision }: RequestOf<'board/apply'>): Promise<ApplyReply> {
    this.#revision = Math.max(this.#revision, revision)
    const parsed = parseWorkspace(workspace)
    if (!parsed.ok) return { revision, issues: parsed.issues }
    this.#ports.document.take(parsed.value)
    await this.#opening
    if (this.#mode !== 'lab') return { revision, issues: [] }
    return { revision, issues: await this.#lab.apply(this.#absolute(parsed.value), revision) }
  }

  async control(action: 'start' | 'pause' | 'reset'): Promise<Outcome> {
    await this.#opening
    if (this.#mode !== 'lab') return refused('Only the lab can be started and paused.')
    switch (action) {
      case 'start':
        await this.#lab.start()
        return FINE
      case 'pause':
        await this.#lab.pause()
        return FINE
      case 'reset':
        await this.#lab.reset()
        return FINE
      default:
        return assertNever(action)
    }
  }

  async setMode(mode: BoardMode): Promise<Outcome> {
    await this.#opening
    if (mode === this.#mode) return FINE
    if (this.#mode === 'lab') {
      this.#resumeLab = this.#lab.isRunning
      if (this.#resumeLab) await this.#lab.pause()
    }
    if (this.#mode === 'predict') await this.#predict.cancel()
    this.#mode = mode
    this.#ports.push('mode', mode)
    if (mode !== 'lab') return FINE
    const issues = await this.#lab.apply(this.#absolute(this.#ports.document.workspace), this.#revision)
    if (this.#resumeLab) await this.#lab.start()
    const { latest } = this.#lab
    if (latest) this.#ports.push('snapshot', latest)
    return issues.length === 0 ? FINE : { ok: false, message: 'The lab cannot run this workspace.', issues }
  }

  async predict({ run, workspace, durationS, sampleS }: RequestOf<'predict/run'>): Promise<Outcome> {
    const parsed = parseWorkspace(workspace)
    if (!parsed.ok) return { ok: false, message: 'This workspace cannot be simulated.', issues: parsed.issues }
    if (durationS / sampleS > MAX_PREDICT_SAMPLES) {
      return refused(`That would be more than ${MAX_PREDICT_SAMPLES} samples; use longer steps.`)
    }
    await this.#predict.run(run, { workspace: this.#absolute(parsed.value), durationS, sampleS })
    return FINE
  }

  async cancelPrediction(): Promise<Outcome> {
    await this.#predict.cancel()
    return FINE
  }

  /** The machine goes to sleep: a run must not find that a night has passed within one request. */
  async suspend(): Promise<void> {
    if (this.#mode !== 'lab' || !this.#lab.isRunning) return
    this.#resumeLab = true
    await this.#lab.pause()
  }

  async resume(): Promise<void> {
    if (this.#mode !== 'lab' || !this.#resumeLab) return
    this.#resumeLab = false
    await this.#lab.start()
  }

  async close(): Promise<void> {
    await this.#opening
    await Promise.all([this.#predict.cancel(), this.#lab.close()])
  }

  #absolute(workspace: Workspace): Workspace {
    return resolvePaths(workspace, this.#ports.document.folder)
  }
}

function refused(message: string): Outcome {
  return { ok: false, message, issues: [] }
}
