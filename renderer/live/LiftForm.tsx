import { Timer } from 'lucide-react'
import { useState } from 'react'
import { hasAnyLimit } from '#shared/throttle/limits.ts'
import { invoke, report } from '../bridge/ipc.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { FieldRow } from '../ui/FieldRow.tsx'
import { Popover } from '../ui/Popover.tsx'
import { Select } from '../ui/Select.tsx'
import { useJobs } from './JobCards.tsx'
import styles from './LiveOps.module.css'

const MINUTES = ['5', '15', '30', '60', '120', '240'] as const
const ALL = ''

/** What to lift, and for how long or until which job ends. It takes effect at once: the record is what takes it back. */
export function LiftForm() {
  const [open, setOpen] = useState(false)
  const [group, setGroup] = useState(ALL)
  const [until, setUntil] = useState<string>('30')
  const [underWay, setUnderWay] = useState(false)
  const isAttached = useUi((ui) => ui.qemu?.status === 'attached')
  const groups = useUi((ui) => ui.qemu?.reality?.groups)
  const jobs = useJobs()
  const limited = Object.entries(groups ?? {}).filter(([, limits]) => hasAnyLimit(limits))
  const lift = async () => {
    setUnderWay(true)
    const job = jobs.find(({ id }) => `job ${id}` === until)?.id ?? null
    const seconds = job === null ? Number(until) * 60 : null
    try {
      report(await invoke('lift/begin', { groups: group === ALL ? [] : [group], devices: [], seconds, job }), 'vm')
      setOpen(false)
    } finally {
      setUnderWay(false)
    }
  }
  return (
    <Popover
      label="Lift limits"
      open={open}
      onOpenChange={setOpen}
      align="start"
      trigger={
        <Button size="s" variant="quiet" disabled={!isAttached || limited.length === 0}>
          <Timer /> Lift limits…
        </Button>
      }
    >
      <div className={styles.form}>
        <FieldRow label="What">
          <Select
            label="What to lift"
            value={group}
            options={[
              { value: ALL, label: 'Everything of this VM' },
              ...limited.map(([name]) => ({ value: name, label: name })),
            ]}
            onChange={setGroup}
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
          At once, and only in what runs. The limits come back in time, when the VM is let go or Weir ends, and after a
          crash at its next start. Their buckets are empty then.
        </span>
        <span className={styles.actions}>
          <Button variant="primary" disabled={underWay} onClick={() => void lift()}>
            {underWay ? 'Lifting…' : 'Lift'}
          </Button>
        </span>
      </div>
    </Popover>
  )
}

function minutesWords(minutes: number): string {
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`
}
