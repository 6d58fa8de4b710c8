import { useState } from 'react'
import { invoke, report } from '../bridge/ipc.ts'
import { showForm, useLive } from '../store/live.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { FieldRow } from '../ui/FieldRow.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './LiveOps.module.css'
import { type LiftTarget, useLiftTarget } from './lift-target.ts'

const MINUTES = ['5', '15', '30', '60', '120', '240'] as const
const ALL = ''

/** What to lift, and for how long or until which job ends. It takes effect at once: the record is what takes it back. */
export function LiftForm() {
  const isOpen = useLive(({ form }) => form === 'lift')
  const vm = useLive(({ formVm }) => formVm)
  const target = useLiftTarget(vm)
  const { name, isReached, isLifted, limited } = target
  const [what, setWhat] = useState(ALL)
  const [until, setUntil] = useState<string>('30')
  const [underWay, setUnderWay] = useState(false)
  const lift = async () => {
    setUnderWay(true)
    try {
      await begin(vm, target, { what, until })
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
        <What target={target} what={what} onWhat={setWhat} />
        <Until target={target} until={until} onUntil={setUntil} />
        <span className={styles.words}>
          Takes effect at once, in the running VM only. The limits come back when the time is up, when{' '}
          {vm === null ? 'the VM' : 'the host'} is disconnected or Weir ends, and after a crash at its next start. Their
          buckets are empty then.
        </span>
      </div>
    </Dialog>
  )
}

async function begin(
  vm: string | null,
  { limited, held, jobs }: LiftTarget,
  { what, until }: { readonly what: string; readonly until: string },
): Promise<void> {
  const job = jobs.find(({ id }) => `job ${id}` === until)?.id ?? null
  const seconds = job === null ? Number(until) * 60 : null
  const chosen = {
    groups: limited.filter((group) => what === `group ${group}`),
    devices: held.filter((id) => what === `disk ${id}`),
  }
  // What was chosen may have gone meanwhile; nothing chosen would mean everything.
  const isGone = what !== ALL && chosen.groups.length + chosen.devices.length === 0
  if (isGone) report({ ok: false, message: `The VM has no limited ${what} any more.`, issues: [] }, 'vm')
  else report(await invoke('lift/begin', { vm, ...chosen, seconds, job }), 'vm')
}

interface WhatProps {
  readonly target: LiftTarget
  readonly what: string
  readonly onWhat: (what: string) => void
}

function What({ target: { limited, held }, what, onWhat }: WhatProps) {
  const options = [
    { value: ALL, label: 'Everything of this VM' },
    ...limited.map((group) => ({ value: `group ${group}`, label: group })),
    ...held.map((id) => ({ value: `disk ${id}`, label: `Disk ${id} alone` })),
  ]
  return (
    <FieldRow label="What">
      <Select label="What to lift" value={what} options={options} onChange={onWhat} />
    </FieldRow>
  )
}

interface UntilProps {
  readonly target: LiftTarget
  readonly until: string
  readonly onUntil: (until: string) => void
}

function Until({ target: { jobs }, until, onUntil }: UntilProps) {
  const options = [
    ...MINUTES.map((minutes) => ({ value: minutes, label: minutesWords(Number(minutes)) })),
    ...jobs.map(({ id, kind }) => ({ value: `job ${id}`, label: `until the ${kind} ${id} ends` })),
  ]
  return (
    <FieldRow label="For">
      <Select label="For how long" value={until} options={options} onChange={onUntil} />
    </FieldRow>
  )
}

function minutesWords(minutes: number): string {
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`
}
