import { ClipboardPaste } from 'lucide-react'
import { isLost, sortLosses } from '#shared/formats/sort-losses.ts'
import { formatIssue } from '#shared/issue.ts'
import { useUi } from '../store/ui.ts'
import { Badge } from '../ui/Badge.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { FindingList } from '../ui/FindingList.tsx'
import { Note } from '../ui/Note.tsx'
import { ProgressBar } from '../ui/ProgressBar.tsx'
import styles from './ImportResult.module.css'
import { countsOf, type FoundGroup, foundGroups, type Reading, readSummary } from './import-model.ts'
import { MachineChoice } from './MachineChoice.tsx'

const SHOWN_GROUPS = 200
const SHOWN_DEVICES = 60

interface Props {
  readonly reading: Reading
  readonly machine: string | null
  readonly onMachine: (machine: string) => void
}

export function ImportResult({ reading, machine, onMachine }: Props) {
  const machines =
    reading.kind === 'several' ? reading.machines : reading.kind === 'read' ? reading.imported.machines : []
  return (
    <section className={styles.pane} aria-label="What was found" aria-live="polite">
      {reading.kind === 'nothing' && (
        <EmptyState icon={<ClipboardPaste />} title="Nothing to read yet">
          The groups and devices that a text describes appear here before anything is changed.
        </EmptyState>
      )}
      {reading.kind === 'reading' && <ProgressBar label="Reading" value={null} />}
      {reading.kind === 'unknown' && (
        <Note tone="warn">Weir does not recognise this text. Choose its format, if you know it.</Note>
      )}
      {reading.kind === 'refused' &&
        reading.issues.slice(0, 20).map((issue) => (
          <Note key={`${issue.path} ${issue.code} ${issue.message}`} tone="danger">
            {formatIssue(issue)}
          </Note>
        ))}
      {machines.length > 0 && <MachineChoice machines={machines} machine={machine} onMachine={onMachine} />}
      {reading.kind === 'read' && <Found reading={reading} />}
    </section>
  )
}

function Found({ reading }: { readonly reading: Extract<Reading, { kind: 'read' }> }) {
  const units = useUi((ui) => ui.settings.units)
  const { workspace, losses, notes } = reading.imported
  const groups = foundGroups(workspace, units)
  const summary = readSummary(losses)
  return (
    <>
      <div className={styles.head}>
        <b>{countsOf(workspace)}</b>
        <Badge tone={summary.exact ? 'ok' : 'warn'}>{summary.sentence}</Badge>
      </div>
      <ul className={styles.groups} aria-label="Groups found">
        {groups.slice(0, SHOWN_GROUPS).map((group) => (
          <Group key={group.name ?? ''} group={group} />
        ))}
        {groups.length > SHOWN_GROUPS && <li className={styles.more}>… {groups.length - SHOWN_GROUPS} more groups</li>}
      </ul>
      {losses.length > 0 && (
        <FindingList
          label="Not understood or changed"
          findings={sortLosses(losses).map((loss) => ({
            kind: loss.kind,
            tone: isLost(loss) ? 'warn' : 'plain',
            path: loss.path,
            message: loss.message,
          }))}
        />
      )}
      {notes.map((note) => (
        <Note key={note}>{note}</Note>
      ))}
    </>
  )
}

function Group({ group }: { readonly group: FoundGroup }) {
  const left = group.devices.length - SHOWN_DEVICES
  return (
    <li className={styles.group} data-free={group.name === null || undefined}>
      <h4 className={styles.name}>
        {group.name ?? 'Not throttled'}
        <small className={styles.limits}>{group.limits}</small>
      </h4>
      <ul className={styles.devices} aria-label={`Devices of ${group.name ?? 'Not throttled'}`}>
        {group.devices.slice(0, SHOWN_DEVICES).map((device) => (
          <li key={device.id} className={styles.device}>
            {device.id}
            {device.load !== '' && <small className={styles.load}>{device.load}</small>}
          </li>
        ))}
        {left > 0 && <li className={styles.more}>… {left} more</li>}
        {group.devices.length === 0 && <li className={styles.more}>no devices</li>}
      </ul>
    </li>
  )
}
