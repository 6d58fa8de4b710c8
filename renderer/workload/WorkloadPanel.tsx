import { memo, useDeferredValue } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { laneOf } from '#shared/workspace/lanes.ts'
import { type Device, findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { laneName } from '../store/actions.ts'
import { useStop } from '../store/stop.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Note } from '../ui/Note.tsx'
import { common } from './common.ts'
import { DiskSection } from './DiskSection.tsx'
import { useDeviceEditor } from './device-editor.ts'
import { GoalSection } from './GoalSection.tsx'
import { LoadSection } from './LoadSection.tsx'
import { QemuNamesSection } from './QemuNamesSection.tsx'
import styles from './WorkloadPanel.module.css'

/**
 * Load and disk of the selected devices, changed while they run. Nothing where none is selected. A card that is picked up
 * becomes the selected one: what is drawn for it comes piece by piece, after the card has begun to move.
 */
export function WorkloadPanel() {
  const selected = useUi((ui) => ui.selectedDevices)
  const before = useDeferredValue(selected)
  const devices = useWorkspace(
    useShallow(({ workspace }) => {
      const shown = workspace.devices.filter(({ id }) => before.includes(id))
      // Of cards that were renamed or removed there is nothing left to show meanwhile.
      return shown.length === before.length ? shown : workspace.devices.filter(({ id }) => selected.includes(id))
    }),
  )
  if (devices.length === 0) return null
  return <DevicePanel key={devices.map((device) => device.id).join('\n')} devices={devices} />
}

const DevicePanel = memo(function DevicePanel({ devices }: { readonly devices: readonly Device[] }) {
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const editor = useDeviceEditor(devices.map((device) => device.id))
  const [only] = devices
  const title = devices.length === 1 && only ? only.id : `${devices.length} devices`
  const groups = useWorkspace(useShallow(({ workspace }) => lanesOf(workspace, devices)))
  const where =
    groups.length === 1 && groups[0] !== undefined ? `in ${laneName(groups[0])}` : `in ${groups.length} groups`
  const sub = groups.length === 1 && groups[0] === null ? 'not throttled' : where
  return (
    <aside className={styles.panel} aria-label={`Load of ${title}`}>
      <header>
        <h1>{title}</h1>
        <p className={styles.sub}>
          {devices.length === 1 ? 'Device' : 'Edited together'} · {sub}
        </p>
      </header>
      {devices.length === 1 && only && <StopReason id={only.id} />}
      {isLive ? (
        <Note>The guest makes the load and the VM owns the disk; Weir changes its limits and its group only.</Note>
      ) : (
        <>
          <LoadSection devices={devices} editor={editor} />
          <DiskSection devices={devices} editor={editor} />
        </>
      )}
      <GoalSection devices={devices} />
      {devices.length === 1 && only && <QemuNamesSection device={only} editor={editor} />}
      {common(devices, (device) => device.qemu) === null && devices.length > 1 && (
        <p className={styles.hint}>Names in QEMU are set device by device.</p>
      )}
    </aside>
  )
})

function lanesOf(workspace: Workspace, devices: readonly Device[]): readonly (string | null)[] {
  const here = devices.filter(({ id }) => findDevice(workspace, id) !== undefined)
  return [...new Set(here.map((device) => laneOf(workspace, device)))]
}

/** In full, where the card has to scroll. */
function StopReason({ id }: { readonly id: string }) {
  const stop = useStop(id)
  if (stop === null) return null
  return (
    <Note tone={stop.tone}>
      <b>{stop.word}.</b> {stop.reason} {stop.advice}
    </Note>
  )
}
