import type { Device, QemuNames } from '#shared/workspace/workspace.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { type Segment, Segmented } from '../ui/Segmented.tsx'
import { DraftField } from './DraftField.tsx'
import type { DeviceEditor } from './device-editor.ts'
import { FieldIssues } from './FieldIssues.tsx'
import styles from './WorkloadPanel.module.css'

interface Props {
  readonly device: Device
  readonly editor: DeviceEditor
}

type NameKey = Exclude<keyof QemuNames, 'style'>

const NAMES: readonly { readonly key: NameKey; readonly label: string; readonly hint: string }[] = [
  { key: 'drive', label: 'Drive', hint: '-drive id' },
  { key: 'qdev', label: 'Device', hint: 'qdev id or path' },
  { key: 'node', label: 'Node', hint: 'of the disk' },
  { key: 'filter', label: 'Filter', hint: 'its node' },
]
const STYLES: readonly Segment<'auto' | 'legacy' | 'filter'>[] = [
  { value: 'auto', label: 'Either' },
  { value: 'filter', label: 'Filter node' },
  { value: 'legacy', label: 'Device limits' },
]

/** What QEMU calls the disk, where that differs from its id: exports and a live VM go by these. */
export function QemuNamesSection({ device, editor }: Props) {
  const { qemu } = device
  const set = (change: (names: QemuNames) => QemuNames) =>
    editor.change('QEMU names', (each) => ({ ...each, qemu: change(each.qemu) }))
  return (
    <details className={styles.section}>
      <summary className={styles.summary}>Names in QEMU</summary>
      <div className={styles.inner}>
        {NAMES.map(({ key, label, hint }) => (
          <FieldRow key={key} label={label} hint={hint} below={<FieldIssues ids={[device.id]} part={`qemu.${key}`} />}>
            <DraftField
              label={`${label} name in QEMU`}
              value={qemu[key] ?? ''}
              placeholder={key === 'qdev' ? 'not known' : key === 'filter' ? `${device.id}-throttle` : device.id}
              onCommit={(text) => set((names) => withName(names, key, text))}
            />
          </FieldRow>
        ))}
        <FieldRow label="Throttled by">
          <Segmented
            label="Throttled by"
            size="s"
            value={qemu.style ?? 'auto'}
            segments={STYLES}
            onChange={(next) =>
              set(({ style: _old, ...names }) => (next === 'auto' ? names : { ...names, style: next }))
            }
          />
        </FieldRow>
      </div>
    </details>
  )
}

function withName(names: QemuNames, key: NameKey, text: string): QemuNames {
  const { [key]: _old, ...rest } = names
  return text === '' ? rest : { ...rest, [key]: text }
}
