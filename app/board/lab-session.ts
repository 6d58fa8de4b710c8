import { EngineError } from '#main/engine-error.ts'
import type { Source } from '#main/source.ts'
import { formatIssue, type Issue } from '#shared/issue.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// The lab of one board. Each document gets a lab of its own: the old one's threads and backing files go with it.

export interface LabPorts {
  readonly createLab: () => Source
  readonly onSnapshot: (snapshot: Snapshot) => void
  /** Something that belongs to no call of the window. */
  readonly problem: (message: string, advice: string) => void
}

export class LabSession {
  readonly #ports: LabPorts
  #lab: Source | null = null
  #stopListening: () => void = () => {}
  #latest: Snapshot | null = null
  #isRunning = false

  constructor(ports: LabPorts) {
    this.#ports = ports
  }

  get latest(): Snapshot | null {
    return this.#latest
  }

  /** As it was told last; the latest snapshot may be of a moment before. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /** A fresh lab with `workspace`, whose paths are absolute. What it cannot take is told as a problem. */
  async open(workspace: Workspace, revision: number): Promise<void> {
    await this.close().catch((error) => this.#left(error))
    const lab = this.#ports.createLab()
    this.#lab = lab
    this.#stopListening = lab.onSnapshot((snapshot) => {
      this.#latest = snapshot
      this.#ports.onSnapshot(snapshot)
    })
    const issues = await this.apply(workspace, revision)
    if (issues.length > 0) this.#ports.problem('This workspace cannot run here.', issues.map(formatIssue).join('\n'))
  }

  /** Puts `desired` in force. Returns why it could not be; the old one then stays in force. */
  async apply(desired: Workspace, revision: number): Promise<readonly Issue[]> {
    if (this.#lab === null) return []
    try {
      const applied = await this.#lab.apply(desired, revision)
      return applied.ok ? [] : applied.issues
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      return [{ path: '', code: error.code, message: `${error.message} ${error.advice}` }]
    }
  }

  async start(): Promise<void> {
    if (this.#lab === null) return
    this.#isRunning = true
    await this.#lab.start()
  }

  async pause(): Promise<void> {
    this.#isRunning = false
    await this.#lab?.pause()
  }

  async reset(): Promise<void> {
    await this.#lab?.reset()
  }

  /** The old lab did not end, as its disk does not answer: said, and the new one starts all the same. */
  #left(error: unknown): void {
    if (!(error instanceof EngineError)) throw error
    this.#ports.problem(error.message, error.advice)
  }

  async close(): Promise<void> {
    const lab = this.#lab
    this.#lab = null
    this.#latest = null
    this.#isRunning = false
    this.#stopListening()
    await lab?.close()
  }
}
