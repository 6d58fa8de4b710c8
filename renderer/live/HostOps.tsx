import { useEffect, useRef, useState } from 'react'
import type { LiveJob } from '#shared/block-job.ts'
import { invoke, report } from '../bridge/ipc.ts'
import { useHost } from '../store/host.ts'
import { showForm } from '../store/live.ts'
import { Button } from '../ui/Button.tsx'
import styles from './HostOps.module.css'
import { JobCard } from './JobCards.tsx'
import { JobSpeed } from './JobSpeed.tsx'
import { LiftBar } from './LiftBar.tsx'
import { LiftForm } from './LiftForm.tsx'
import { useLiftTarget } from './lift-target.ts'

/** For the operator of a VM beside the table of its host: its block jobs, and its limits lifted and put back. */
export function HostOps({ vm }: { readonly vm: string }) {
  const lift = useHost(({ host }) => host?.lifts[vm])
  const { isReached, limited, jobs } = useLiftTarget(vm)
  useEffect(() => {
    void invoke('host/select', { id: vm })
    return () => void invoke('host/select', { id: null })
  }, [vm])
  return (
    <section className={styles.ops} aria-label="Operations">
      {jobs.map((job) => (
        <HostJob key={job.id} vm={vm} job={job} isReached={isReached} />
      ))}
      {lift !== undefined && <LiftBar lift={lift} vm={vm} />}
      {lift === undefined && limited.length > 0 && (
        <Button disabled={!isReached} onClick={() => showForm('lift', vm)}>
          Lift limits…
        </Button>
      )}
      <LiftForm />
    </section>
  )
}

interface JobProps {
  readonly vm: string
  readonly job: LiveJob
  readonly isReached: boolean
}

/** Its speed is set at once: there is no board on which it could wait for Apply. */
function HostJob({ vm, job, isReached }: JobProps) {
  /** What was shown when the VM had taken a speed, 'sent': it has not answered yet. Until the next look the speed chosen is shown. */
  const [shown, setShown] = useState<LiveJob | 'sent' | null>(null)
  const latest = useRef(job)
  useEffect(() => {
    latest.current = job
  }, [job])
  const set = async (speedBps: number) => {
    setShown('sent')
    const outcome = await invoke('host/job-speed', { vm, job: job.id, speedBps })
    setShown(outcome.ok ? latest.current : null)
    report(outcome, 'vm')
  }
  return (
    <JobCard job={job}>
      <JobSpeed
        job={job}
        isReached={isReached}
        isPending={shown === 'sent' || shown === job}
        onSpeed={(speedBps) => void set(speedBps)}
      />
    </JobCard>
  )
}
