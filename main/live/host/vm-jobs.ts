import { JobWatch } from '#main/live/jobs/live-jobs.ts'
import type { Picture } from '#main/live/picture.ts'
import type { VmLink } from '#main/live/vm-link.ts'
import type { LiveJob } from '#shared/block-job.ts'
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
  #latest: readonly LiveJob[] | null = null

  /** null: nobody looked. */
  get latest(): readonly LiveJob[] | null {
    return this.#latest
  }

  /** Whether this job runs, as of the latest look at the VM; null: not known. */
  has(id: string): boolean | null {
    if (this.#attention !== 'each-look' || this.#isOld) return null
    return this.#latest?.some((job) => job.id === id) ?? null
  }

  attend(attention: JobAttention): void {
    if (attention === this.#attention) return
    this.#attention = attention
    this.#isOld = true
    this.#dueNs = 0
    if (attention === 'never') this.#latest = null
  }

  /** What was seen is not so any more, or nobody knows. */
  forget(): void {
    this.#dueNs = 0
    this.#latest = null
  }

  /** Asks if it is time. `isStill`: whether the answer is wanted when it comes. */
  async look(
    link: VmLink,
    picture: Picture,
    { atNs, isStill }: { atNs: number; isStill: () => boolean },
  ): Promise<void> {
    if (this.#attention === 'never' || atNs < this.#dueNs) return
    const jobs = await link.jobs()
    if (!isStill() || (this.#attention as JobAttention) === 'never') return // it may have changed while it was asked
    this.#latest = this.#watch.look(picture, jobs, atNs)
    this.#isOld = false
    this.#dueNs = this.#attention === 'each-look' ? 0 : atNs + NOW_AND_THEN_NS
  }
}
