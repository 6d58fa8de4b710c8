import type { BlockJob } from '#shared/block-job.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { adoptNames } from './adopt-names.ts'
import type { StepAnswer } from './apply-plan.ts'
import { captureWorkspace } from './capture.ts'
import { driftBetween } from './drift.ts'
import { type JobSpeeds, pendingSpeeds, speedWords, withJobSpeeds, withoutSent } from './jobs/job-speeds.ts'
import { type Picture, withoutConfig } from './picture.ts'
import { makePlan, type Plan } from './plan.ts'
import { rebase } from './rebase.ts'

/** What the user desires beside what runs: what is staged, what drifted. Nothing here talks to QEMU. */
export class Staging {
  #base: Workspace
  #desired: Workspace
  /** As QEMU names things. */
  #found: Picture
  #foundText: string
  #picture: Picture
  #plan: Plan | null = null
  #drift: readonly string[] | null = null
  #jobs: readonly BlockJob[] = []
  #speeds: JobSpeeds = new Map()
  /** Changes go into the stored configuration of a libvirt domain, too. */
  #nextStart: boolean
  #stagedRevision = 0
  #appliedRevision = 0

  /** Nothing is staged at first: what `begun` says otherwise than the VM is drift. `before`: what the user decided beside workspaces goes on. */
  constructor(found: Picture, begun: Workspace, before?: Staging) {
    this.#nextStart = before?.nextStart ?? true
    this.#found = found
    this.#foundText = JSON.stringify(found)
    this.#desired = begun
    this.#base = begun
    this.#picture = adoptNames(found, begun)
    this.#settle()
  }

  /** As QEMU names things. */
  get found(): Picture {
    return this.#found
  }

  get desired(): Workspace {
    return this.#desired
  }

  /** With the names of `desired`. */
  get picture(): Picture {
    return this.#picture
  }

  get reality(): Workspace {
    return captureWorkspace(this.#picture, this.#desired.name)
  }

  /** Of the last desired workspace that was, or became, what runs. */
  get appliedRevision(): number {
    const { steps, impossible } = this.plan()
    if (steps.length === 0 && impossible.length === 0) this.#appliedRevision = this.#stagedRevision
    return this.#appliedRevision
  }

  stage(desired: Workspace, revision: number): void {
    this.#desired = desired
    this.#stagedRevision = revision
    this.#settle()
  }

  /** False: nothing has changed since the last look, which is the rule. */
  look(found: Picture): boolean {
    const text = JSON.stringify(found)
    if (text === this.#foundText) return false
    this.#found = found
    this.#foundText = text
    this.#settle()
    return true
  }

  /** Whether Apply also writes what the next start has; null: the VM has no stored configuration that Weir could write. */
  get nextStart(): boolean | null {
    return this.#found.libvirt?.writesConfig === true ? this.#nextStart : null
  }

  setNextStart(isOn: boolean): void {
    this.#nextStart = isOn
    this.#settle()
  }

  /** What is staged for a job that has it by now, or is over, is staged no more. True: the plan is another one. */
  lookAtJobs(jobs: readonly BlockJob[]): boolean {
    this.#jobs = jobs
    const before = this.#speeds.size
    this.#speeds = pendingSpeeds(this.#speeds, jobs)
    if (this.#speeds.size === before) return false
    this.#plan = null
    return true
  }

  /** What was sent of what is staged beside the workspace. */
  noteSent(answers: readonly StepAnswer[]): void {
    this.#speeds = withoutSent(this.#speeds, answers, { jobs: this.#jobs, picture: this.#picture })
    this.#plan = null
  }

  /** Speeds that were staged and are not those of their jobs, in sentences. */
  get unfulfilledSpeeds(): readonly string[] {
    return [...this.#speeds].map(([id, speed]) => `${id}: its speed should be ${speedWords(speed)} but is not`)
  }

  /** null: what was staged for it is given up. */
  stageSpeed(id: string, speedBps: number | null): void {
    const others = [...this.#speeds].filter(([each]) => each !== id)
    this.#speeds = pendingSpeeds(new Map(speedBps === null ? others : [...others, [id, speedBps]]), this.#jobs)
    this.#plan = null
  }

  /** What was lost counts as decided by the user from now on, so that the plan brings it back. */
  putBack(): void {
    this.#base = this.reality
    this.#plan = null
    this.#drift = null
  }

  plan(): Plan {
    this.#plan ??= withJobSpeeds(
      makePlan({ picture: this.#picture, base: this.#base, desired: this.#desired, scope: 'edit' }),
      this.#speeds,
      { jobs: this.#jobs, picture: this.#picture },
    )
    return this.#plan
  }

  drift(): readonly string[] {
    this.#drift ??= driftBetween(this.#base, this.#picture)
    return this.#drift
  }

  #settle(): void {
    this.#picture = adoptNames(this.#nextStart ? this.#found : withoutConfig(this.#found), this.#desired)
    this.#base = rebase(this.#base, this.#desired, this.reality)
    this.#plan = null
    this.#drift = null
  }
}
