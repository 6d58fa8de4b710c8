import {
  DEFAULT_WORKLOAD,
  type Device,
  IDLE,
  type SyntheticWorkload,
  type TraceWorkload,
  type Workload,
} from '#shared/workspace/workspace.ts'
import { type Segment, Segmented } from '../ui/Segmented.tsx'
import { common } from './common.ts'
import type { DeviceEditor } from './device-editor.ts'
import { SyntheticFields } from './SyntheticFields.tsx'
import { TraceFields } from './TraceFields.tsx'
import { chooseTrace } from './trace-file.ts'
import styles from './WorkloadPanel.module.css'

interface Props {
  readonly devices: readonly Device[]
  readonly editor: DeviceEditor
}

const KINDS: readonly Segment<Workload['kind']>[] = [
  { value: 'synthetic', label: 'Synthetic' },
  { value: 'trace', label: 'Trace' },
  { value: 'idle', label: 'Idle' },
]

export function LoadSection({ devices, editor }: Props) {
  const kind = common(devices, ({ workload }) => workload.kind)
  const turn = async (next: Workload['kind']) => {
    if (next === 'synthetic') {
      editor.change('Synthetic load', (device) =>
        device.workload.kind === 'synthetic' ? device : { ...device, workload: DEFAULT_WORKLOAD },
      )
    } else if (next === 'idle') editor.change('No load', (device) => ({ ...device, workload: IDLE }))
    else {
      const path = await chooseTrace()
      if (path === null) return
      editor.change('Recorded load', (device) => ({
        ...device,
        workload: { kind: 'trace', path, iodepth: 64, speed: 1, loop: false },
      }))
    }
  }
  const ids = devices.map((device) => device.id)
  const synthetic = devices.map(({ workload }) => workload).filter(isSynthetic)
  const traces = devices.map(({ workload }) => workload).filter(isTrace)
  return (
    <section className={styles.section} aria-label="Load">
      <div className={styles.head}>
        <h2>Load</h2>
        <Segmented label="Load kind" value={kind} segments={KINDS} onChange={(next) => void turn(next)} size="s" />
      </div>
      {kind === null && <p className={styles.hint}>These devices have loads of several kinds.</p>}
      {kind === 'idle' && <p className={styles.hint}>No requests come from here.</p>}
      {synthetic.length > 0 && <SyntheticFields ids={ids} loads={synthetic} editor={editor} />}
      {traces.length > 0 && <TraceFields ids={ids} loads={traces} editor={editor} />}
    </section>
  )
}

function isSynthetic(workload: Workload): workload is SyntheticWorkload {
  return workload.kind === 'synthetic'
}

function isTrace(workload: Workload): workload is TraceWorkload {
  return workload.kind === 'trace'
}
