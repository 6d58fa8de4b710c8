import type { AlarmSettings } from '#shared/ipc/live-ops.ts'
import { parseDurationS } from '#shared/units.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { showForm, useLive } from '../store/live.ts'
import { useUi } from '../store/ui.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { FieldRow } from '../ui/FieldRow.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Switch } from '../ui/Switch.tsx'
import styles from './LiveOps.module.css'

/** The thresholds. They are settings: remembered, and the same for every VM. */
export function AlarmSettingsForm() {
  const open = useLive(({ form }) => form === 'alarms')
  const settings = useUi((ui) => ui.settings)
  const { alarms } = settings
  const change = (part: Partial<AlarmSettings>) =>
    reportFailure(invoke('settings/set', { ...settings, alarms: { ...alarms, ...part } }), 'settings')
  return (
    <Dialog open={open} onClose={() => showForm(null)} title="Alarms" size="s">
      <div className={styles.form}>
        <FieldRow label="Alarms">
          <Switch label="Alarms" checked={alarms.isOn} onChange={(isOn) => change({ isOn })} />
        </FieldRow>
        <Time label="At a limit for" seconds={alarms.atLimitS} onCommit={(atLimitS) => change({ atLimitS })} />
        <Time
          label="Latency above"
          seconds={alarms.latencyMs / 1000}
          onCommit={(seconds) => change({ latencyMs: seconds * 1000 })}
        />
        <Time label="Burst spent within" seconds={alarms.burstS} onCommit={(burstS) => change({ burstS })} />
        <span className={styles.words}>Failed operations always raise an alarm.</span>
      </div>
    </Dialog>
  )
}

interface TimeProps {
  readonly label: string
  readonly seconds: number
  readonly onCommit: (seconds: number) => void
}

function Time({ label, seconds, onCommit }: TimeProps) {
  return (
    <FieldRow label={label}>
      <NumberField
        label={label}
        value={seconds}
        width="s"
        format={(value) =>
          value < 1 ? { value: String(Math.round(value * 1000)), unit: 'ms' } : { value: String(value), unit: 's' }
        }
        parse={(text) => {
          const value = parseDurationS(text)
          if (value === null || (typeof value === 'number' && (value <= 0 || value > 86_400))) {
            return { problem: 'use a time such as 50 ms, 10 s or 2 min' }
          }
          return value
        }}
        onCommit={onCommit}
      />
    </FieldRow>
  )
}
