import { type Device, MAX_IOTHREADS, type Workspace } from '#shared/workspace/workspace.ts'
import { edit, useWorkspace } from '../store/workspace.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { NumberField } from '../ui/NumberField.tsx'
import { Select } from '../ui/Select.tsx'
import { common } from './common.ts'
import type { DeviceEditor } from './device-editor.ts'
import { FieldIssues } from './FieldIssues.tsx'
import { countText } from './field-text.ts'
import styles from './WorkloadPanel.module.css'

interface Props {
  readonly devices: readonly Device[]
  readonly editor: DeviceEditor
}

const THREADS = countText({ min: 1, max: MAX_IOTHREADS }, '')
const AUTO = 'auto'

/** Which iothread serves the device, and how many there are in all. */
export function ThreadField({ devices, editor }: Props) {
  const count = useWorkspace((state) => state.workspace.iothreads)
  const options = [
    { value: AUTO, label: 'Automatic' },
    ...Array.from({ length: count }, (_none, index) => ({ value: String(index), label: `iothread ${index}` })),
  ]
  return (
    <FieldRow label="iothread" below={<FieldIssues ids={devices.map(({ id }) => id)} part="iothread" />}>
      <span className={styles.pair}>
        <Select
          label="iothread"
          size="s"
          value={common(devices, ({ iothread }) => (iothread === null ? AUTO : String(iothread)))}
          options={options}
          placeholder="mixed"
          onChange={(next) =>
            editor.change('iothread', (device) => ({ ...device, iothread: next === AUTO ? null : Number(next) }))
          }
        />
        <span aria-hidden="true">of</span>
        <NumberField
          label="iothreads in all"
          value={count}
          {...THREADS}
          width="s"
          step={(value, towards) => Math.min(MAX_IOTHREADS, Math.max(1, towards === 'up' ? value + 1 : value - 1))}
          onCommit={(next) => edit(`${next} iothreads`, (workspace) => withThreads(workspace, next))}
        />
      </span>
    </FieldRow>
  )
}

/** Devices on an iothread that is gone let Weir choose another. */
function withThreads(workspace: Workspace, count: number): Workspace {
  return {
    ...workspace,
    iothreads: count,
    devices: workspace.devices.map((device) =>
      device.iothread !== null && device.iothread >= count ? { ...device, iothread: null } : device,
    ),
  }
}
