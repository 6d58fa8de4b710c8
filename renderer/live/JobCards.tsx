import { type ReactNode, useMemo } from 'react'
import { jobEtaNs, type LiveJob } from '#shared/block-job.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { formatBps, formatBytes, formatDurationNs } from '#shared/units.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { ProgressBar } from '../ui/ProgressBar.tsx'
import styles from './JobCards.module.css'
import { JobSpeed } from './JobSpeed.tsx'

const NONE: readonly LiveJob[] = []
const jobsOf = (snapshot: Snapshot | null) => snapshot?.jobs ?? NONE

/** Block jobs of the VM on the board; [] in any other mode. */
export function useJobs(): readonly LiveJob[] {
  return useSnapshot(jobsOf)
}

export function JobCards() {
  const jobs = useJobs()
  return jobs.map((job) => <BoardJob key={job.id} job={job} />)
}

/** Its speed is staged like a limit: it waits for Apply. */
function BoardJob({ job }: { readonly job: LiveJob }) {
  const isAttached = useUi((ui) => ui.qemu?.status === 'attached')
  const isStaged = useUi((ui) => ui.qemu?.plan.changes.some(({ subject }) => subject === `${job.id}: speed`) === true)
  const stage = (speed: number) => {
    const speedBps = speed === (job.speedBps ?? 0) ? null : speed
    reportFailure(invoke('qemu/job-speed', { id: job.id, speedBps }), 'vm')
  }
  return (
    <JobCard job={job}>
      <JobSpeed job={job} isReached={isAttached} isPending={isStaged} onSpeed={stage} />
    </JobCard>
  )
}

/** `children` is how its speed is set. */
export function JobCard({ job, children }: { readonly job: LiveJob; readonly children: ReactNode }) {
  const units = useUi((ui) => ui.settings.units)
  const share = job.totalBytes > 0 ? job.doneBytes / job.totalBytes : null
  const place = useMemo(() => placeWords(job), [job])
  return (
    <section className={styles.card} aria-label={`Block job ${job.id}`}>
      <span className={styles.head}>
        <b>{job.id}</b>
        <span className={styles.words}>
          {job.kind}
          {job.disks.length > 0 && ` of ${job.disks.join(', ')}`}
          {job.status !== null && job.status !== 'running' && ` · ${job.status}`}
        </span>
      </span>
      <ProgressBar label={`Progress of ${job.id}`} value={share} />
      <span className={styles.figures}>
        {share !== null && `${Math.floor(share * 100)} % of ${formatBytes(job.totalBytes, units)}`}
        {job.rateBps !== null && ` · ${formatBps(Math.round(job.rateBps), units)}`}
        {leftWords(job)}
      </span>
      {children}
      {place !== null && (
        <span className={styles.place} data-kind={place.kind}>
          {place.words}
        </span>
      )}
      {job.error !== null && <span className={styles.error}>{job.error}</span>}
    </section>
  )
}

function leftWords(job: LiveJob): string {
  const leftNs = jobEtaNs(job)
  return leftNs === null ? '' : ` · ${formatDurationNs(leftNs)} left`
}

/** Whose limits the job takes from, and whose it goes past; null: nothing limits these disks. */
function placeWords({ takesFrom, passesBy }: LiveJob): { readonly kind: string; readonly words: string } | null {
  if (takesFrom === null) return { kind: 'unknown', words: 'whether limits hold it is not known' }
  if (takesFrom.length > 0) return { kind: 'takes', words: `counts against the limits of ${takesFrom.join(', ')}` }
  return passesBy.length > 0 ? { kind: 'past', words: `bypasses the limits of ${passesBy.join(', ')}` } : null
}
