import { useState } from 'react'
import { invoke, report } from '../bridge/ipc.ts'
import { showForm, useLive } from '../store/live.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { FieldRow } from '../ui/FieldRow.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './LiveOps.module.css'
import { useLiftTarget } from './lift-target.ts'

const MINUTES = ['5', '15', '30', '60', '120', '240'] as const
const ALL = ''

/** What to lift, and for how long or until which job ends. It takes effect at once: the record is what takes it back. */
export function LiftForm() {
  const isOpen = useLive(({ form }) => form === 'lift')
  const vm = useLive(({ formVm }) => formVm)
  const { name, isReached, isLifted, limited, held, jobs } = useLiftTarget(vm)
  const [what, setWhat] = useState(ALL)
  const [until, setUntil] = useState<string>('30')
  const [underWay, setUnderWay] = useState(false)
  const lift = async () => {
    setUnderWay(true)
    const job = jobs.find(({ id }) => `job ${id}` === until)?.id ?? null
    const seconds = job === null ? Number(until) * 60 : null
    const chosen = {
      groups: limited.filter((group) => what === `group ${group}`),
      devices: held.filter((id) => what === `disk ${id}`),
    }
    // What was chosen may have gone meanwhile; nothing chosen would mean everything.
    const isGone = what !== ALL && chosen.groups.length + chosen.devices.length === 0
    try {
      if (isGone) report({ ok: false, message: `The VM has no limited ${what} any more.`, issues: [] }, 'vm')
      else report(await invoke('lift/begin', { vm, ...chosen, seconds, job }), 'vm')
      showForm(null)
      // The next lift is asked for whole again: of another disk it would lift too little.
      setWhat(ALL)
    } finally {
      setUnderWay(false)
    }
  }
  return (
    <Dialog
      open={isOpen && !isLifted}
      onClose={() => showForm(null)}
      title={vm === null ? 'Lift limits' : `Lift limits of ${name}`}
      size="s"
      footer={
        <Button variant="primary" disabled={!isReached || underWay || limited.length === 0} onClick={() => void lift()}>
          {underWay ? 'Lifting…' : 'Lift'}
        </Button>
      }
    >
      <div className={styles.form}>
        <FieldRow label="What">
          <Select
            label="What to lift"
            value={what}
            options={[
              { value: ALL, label: 'Everything of this VM' },
              ...limited.map((group) => ({ value: `group ${group}`, label: group })),
              ...held.map((id) => ({ value: `disk ${id}`, label: `Disk ${id} alone` })),
            ]}
            onChange={setWhat}
          />
        </FieldRow>
        <FieldRow label="For">
          <Select
            label="For how long"
            value={until}
            options={[
              ...MINUTES.map((minutes) => ({ value: minutes, label: minutesWords(Number(minutes)) })),
              ...jobs.map(({ id, kind }) => ({ value: `job ${id}`, label: `until the ${kind} ${id} ends` })),
            ]}
            onChange={setUntil}
          />
        </FieldRow>
        <span className={styles.words}>
          Takes effect at once, in the running VM only. The limits come back when the time is up, when{' '}
          {vm === null ? 'the VM' : 'the host'} is disconnected or Weir ends, and after a crash at its next start. Their
          buckets are empty then.
        </span>
      </div>
    </Dialog>
  )
}

function minutesWords(minutes: number): string {
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`
}
