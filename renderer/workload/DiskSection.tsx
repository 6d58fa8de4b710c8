import { DEFAULT_DISK, type Device, type Disk, MAX_DISK_BYTES } from '#shared/workspace/workspace.ts'
import { useUi } from '../store/ui.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { type Segment, Segmented } from '../ui/Segmented.tsx'
import { Switch } from '../ui/Switch.tsx'
import { common } from './common.ts'
import { DraftField } from './DraftField.tsx'
import type { DeviceEditor } from './device-editor.ts'
import { FieldIssues } from './FieldIssues.tsx'
import { bytesText } from './field-text.ts'
import { ServiceFields } from './ServiceFields.tsx'
import { DISK_SCALE } from './scales.ts'
import { ThreadField } from './ThreadField.tsx'
import { ValueRow } from './ValueRow.tsx'
import styles from './WorkloadPanel.module.css'

interface Props {
  readonly devices: readonly Device[]
  readonly editor: DeviceEditor
}

const KINDS: readonly Segment<Disk['kind']>[] = [
  { value: 'file', label: 'File' },
  { value: 'null', label: 'Null' },
]

/** What stands behind the throttle: a file of Weir's or of the user's, or nothing at all. */
export function DiskSection({ devices, editor }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const ids = devices.map((device) => device.id)
  const disks = devices.map(({ disk }) => disk)
  const kind = common(disks, (disk) => disk.kind)
  const set = (what: string, change: (disk: Disk) => Disk) =>
    editor.change(what, (device) => ({ ...device, disk: change(device.disk) }))
  return (
    <section className={styles.section} aria-label="Disk">
      <div className={styles.head}>
        <h2>Disk</h2>
        <Segmented
          label="Disk kind"
          size="s"
          value={kind}
          segments={KINDS}
          onChange={(next) => set('Disk', (disk) => turned(disk, next))}
        />
      </div>
      <ValueRow
        label="Size"
        value={common(disks, ({ sizeBytes }) => sizeBytes)}
        first={disks[0]?.sizeBytes ?? DEFAULT_DISK.sizeBytes}
        scale={DISK_SCALE}
        text={bytesText({ min: 512, max: MAX_DISK_BYTES }, units)}
        onChange={(sizeBytes) => set('Disk size', (disk) => ({ ...disk, sizeBytes }))}
        onGesture={(phase) => editor.gesture('Disk size', phase)}
        below={<FieldIssues ids={ids} part="disk.sizeBytes" />}
      />
      {kind === 'file' && <FileFields ids={ids} disks={disks} onSet={set} />}
      <ServiceFields ids={ids} disks={disks} onSet={set} />
      <ThreadField devices={devices} editor={editor} />
    </section>
  )
}

interface FileProps {
  readonly ids: readonly string[]
  readonly disks: readonly Disk[]
  readonly onSet: (what: string, change: (disk: Disk) => Disk) => void
}

function FileFields({ ids, disks, onSet }: FileProps) {
  const path = common(disks, (disk) => (disk.kind === 'file' ? (disk.path ?? '') : ''))
  const isUsers = disks.some((disk) => disk.kind === 'file' && disk.path !== undefined)
  const every = (holds: (disk: Extract<Disk, { kind: 'file' }>) => boolean) =>
    disks.every((disk) => disk.kind === 'file' && holds(disk))
  return (
    <>
      <FieldRow label="Page cache" hint={every(({ direct }) => direct) ? 'O_DIRECT' : ''}>
        <span className={styles.pair}>
          <Switch
            label="Bypass the page cache"
            checked={every(({ direct }) => direct)}
            onChange={(direct) => onSet('O_DIRECT', (disk) => (disk.kind === 'file' ? { ...disk, direct } : disk))}
          />
          <span aria-hidden="true">bypass it</span>
        </span>
      </FieldRow>
      <FieldRow
        label="Backing file"
        below={
          <>
            <FieldIssues ids={ids} part="disk.path" />
            <FieldIssues ids={ids} part="disk.write" />
          </>
        }
      >
        <DraftField
          label="Backing file"
          value={path}
          placeholder="a sparse one made by Weir"
          onCommit={(text) => onSet('Backing file', (disk) => withPath(disk, text))}
        />
      </FieldRow>
      {isUsers && (
        <FieldRow label="">
          <span className={styles.pair}>
            <Switch
              label="Weir may write to it"
              checked={every(({ write }) => write === true)}
              onChange={(write) =>
                onSet('Writing', (disk) =>
                  disk.kind === 'file' && disk.path !== undefined ? { ...disk, write } : disk,
                )
              }
            />
            <span aria-hidden="true">Weir may write to it</span>
          </span>
        </FieldRow>
      )}
    </>
  )
}

function turned(disk: Disk, kind: Disk['kind']): Disk {
  if (disk.kind === kind) return disk
  const { sizeBytes } = disk
  const service = disk.service === undefined ? {} : { service: disk.service }
  return kind === 'null' ? { kind, sizeBytes, ...service } : { kind, sizeBytes, direct: false, ...service }
}

/** Without a path it is a file of Weir's own, and the leave to write goes with it. */
function withPath(disk: Disk, path: string): Disk {
  if (disk.kind !== 'file') return disk
  const { path: _path, write, ...own } = disk
  if (path === '') return own
  return { ...own, path, ...(write === undefined ? {} : { write }) }
}
