import { isOver, jobEtaNs, type LiveJob } from '#shared/block-job.ts'
import type { VmLook } from '#shared/host-look.ts'
import { type ByteUnits, formatBps, formatBytes, formatDurationNs } from '#shared/units.ts'

// The block jobs of a VM in its row, in words.

/** `42 %`, `2 jobs`; null: none is under way. */
export function jobBadge(vm: VmLook): string | null {
  const [job, ...others] = jobsUnderWay(vm)
  if (job === undefined) return null
  if (others.length > 0) return `${others.length + 1} jobs`
  const share = shareOf(job)
  return share === null ? job.kind : share
}

/** `backup of vda: 42 % of 76 GiB, 180 MiB/s, 4 min left`, a line for each job. */
export function jobLines(vm: VmLook, units: ByteUnits): string {
  return jobsUnderWay(vm)
    .map((job) => {
      const share = shareOf(job)
      const leftNs = jobEtaNs(job)
      const figures = [
        share === null ? (job.status ?? '') : `${share} of ${formatBytes(job.totalBytes, units)}`,
        job.rateBps === null ? '' : formatBps(Math.round(job.rateBps), units),
        leftNs === null ? '' : `${formatDurationNs(leftNs)} left`,
      ].filter((words) => words !== '')
      const disks = job.disks.length === 0 ? job.id : job.disks.join(', ')
      return `${job.kind} of ${disks}${figures.length === 0 ? '' : `: ${figures.join(', ')}`}`
    })
    .join('\n')
}

function jobsUnderWay({ jobs = [] }: VmLook): readonly LiveJob[] {
  return jobs.filter((job) => !isOver(job))
}

function shareOf({ doneBytes, totalBytes }: LiveJob): string | null {
  return totalBytes > 0 ? `${Math.floor((doneBytes / totalBytes) * 100)} %` : null
}
