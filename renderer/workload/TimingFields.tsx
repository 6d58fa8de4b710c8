import type { SyntheticWorkload } from '#shared/workspace/workspace.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Switch } from '../ui/Switch.tsx'
import { common } from './common.ts'
import { FieldIssues } from './FieldIssues.tsx'
import { NEVER, secondsText } from './field-text.ts'
import type { SyntheticProps } from './synthetic-props.ts'
import styles from './WorkloadPanel.module.css'

const MAX_S = 1e9
const START = secondsText({ min: 0, max: MAX_S })
const STOP = secondsText({ min: 0, max: MAX_S }, 'never')
const SPAN = secondsText({ min: 0.001, max: MAX_S })
const FIRST_PHASES = { onS: 10, offS: 10 }

/** When the load runs: from when to when, and in phases. */
export function TimingFields({ ids, loads, editor }: SyntheticProps) {
  const hasPhases = loads.some((load) => load.onS !== null)
  const set = (what: string, change: Partial<SyntheticWorkload>) =>
    editor.synthetic(what, (load) => ({ ...load, ...change }))
  const seconds = (label: string, text: typeof START, value: (load: SyntheticWorkload) => number, key: TimeKey) => (
    <NumberField
      label={label}
      value={common(loads, value)}
      format={text.format}
      parse={text.parse}
      onCommit={(next) => set(label, { [key]: next === NEVER ? null : next })}
    />
  )
  return (
    <>
      <FieldRow
        label="From – to"
        below={
          <>
            <FieldIssues ids={ids} part="workload.startS" />
            <FieldIssues ids={ids} part="workload.stopS" />
          </>
        }
      >
        <span className={styles.pair}>
          {seconds('Starts at', START, (load) => load.startS, 'startS')}
          <span aria-hidden="true">–</span>
          {seconds('Stops at', STOP, (load) => load.stopS ?? NEVER, 'stopS')}
        </span>
      </FieldRow>
      <FieldRow label="On and off" below={<FieldIssues ids={ids} part="workload.onS" />}>
        <span className={styles.pair}>
          <Switch
            label="On and off"
            checked={hasPhases}
            onChange={(on) => set('Phases', on ? FIRST_PHASES : { onS: null, offS: null })}
          />
          {hasPhases && (
            <>
              {seconds('On for', SPAN, (load) => load.onS ?? FIRST_PHASES.onS, 'onS')}
              <span aria-hidden="true">/</span>
              {seconds('Off for', SPAN, (load) => load.offS ?? FIRST_PHASES.offS, 'offS')}
            </>
          )}
        </span>
      </FieldRow>
    </>
  )
}

type TimeKey = 'startS' | 'stopS' | 'onS' | 'offS'
