import { JobWatch } from '#main/live/jobs/live-jobs.ts'
import type { Picture } from '#main/live/picture.ts'
import type { VmLink } from '#main/live/vm-link.ts'
import { type BlockJob, isOver, type LiveJob } from '#shared/block-job.ts'
import { NS_PER_S } from '#shared/units.ts'

/** How often a VM is asked for its block jobs: of one that somebody looks at, at each look. */
export type JobAttention = 'each-look' | 'now-and-then' | 'never'

/** A badge in a row may be late, and two hundred VMs are asked. */
const NOW_AND_THEN_NS = 5 * NS_PER_S

/** The block jobs of one VM of a host. */
export class VmJobs {
  readonly #watch = new JobWatch()
  #attention: JobAttention = 'never'
  #dueNs = 0
  /** Looked at before it was asked for at each look. */
  #isOld = true
  /** Whether an answer is awaited, and nothing has changed since the question. */
  #isAsked = false
  #latest: readonly LiveJob[] | null = null

  /** null: nobody looked. */
  get latest(): readonly LiveJob[] | null {
    return this.#latest
  }

  /** Whether this job runs, as of the latest look at the VM; null: not known. */
  has(id: string): boolean | null {
    if (this.#attention !== 'each-look' || this.#isOld) return null
    return this.#latest?.some((job) => job.id === id && !isOver(job)) ?? null
  }

  attend(attention: JobAttention): void {
    if (attention === this.#attention) return
    this.#attention = attention
    this.#isOld = true
    this.#isAsked = false
    this.#dueNs = 0
    if (attention === 'never') this.#latest = null
  }

  /** What was seen is not so any more, or nobody knows. */
  forget(): void {
    this.#isAsked = false
    this.#dueNs = 0
    this.#latest = null
  }

  /** Asks if it is time, together with a look: two questions of one moment cost a VM and Weir little more than one. null: it is not. */
  async ask(link: VmLink, nowNs: number): Promise<readonly BlockJob[] | null> {
    if (this.#attention === 'never' || nowNs < this.#dueNs) return null
    this.#isAsked = true
    return link.jobs()
  }

  /** Takes the answer of that look. */
  see(picture: Picture, jobs: readonly BlockJob[], atNs: number): void {
    if (!this.#isAsked) return
    this.#isAsked = false
    this.#latest = this.#watch.look(picture, jobs, atNs)
    this.#isOld = false
    this.#dueNs = this.#attention === 'each-look' ? 0 : atNs + NOW_AND_THEN_NS
  }
}
