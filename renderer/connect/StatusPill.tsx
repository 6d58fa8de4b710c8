import { Plug } from 'lucide-react'
import { counted } from '#shared/counted.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { liveRecording } from '../bridge/recording.ts'
import { useHost } from '../store/host.ts'
import { showForm, useLive } from '../store/live.ts'
import { openDialog, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Menu } from '../ui/Menu.tsx'
import type { MenuEntry } from '../ui/menu-entry.ts'
import { pillOf } from './connect-model.ts'
import styles from './StatusPill.module.css'

/** Which VM the board shows, and how well it is heard. In the toolbar, in the mode Live QEMU only. */
export function StatusPill() {
  const mode = useUi((ui) => ui.mode)
  const qemu = useUi((ui) => ui.qemu)
  const recording = useLive((live) => live.recording)
  const isTable = useHost(({ host }) => host !== null && host.opened === null)
  if (mode !== 'qemu') return null
  if (isTable) return <HostPill />
  if (!qemu || qemu.status === 'detached') {
    return (
      <Button variant="primary" onClick={() => openDialog('connect')}>
        <Plug />
        Connect…
      </Button>
    )
  }
  const pill = pillOf(qemu)
  const { address } = qemu
  const record = liveRecording(qemu.status, recording)
  const reconnect = () => address !== null && reportFailure(invoke('qemu/connect', { address }), 'vm')
  const entries: readonly MenuEntry[] = [
    { kind: 'item', label: 'Lift limits…', onSelect: () => showForm('lift'), disabled: qemu.status !== 'attached' },
    { kind: 'item', label: record.label, onSelect: record.run, disabled: !record.isPossible },
    { kind: 'item', label: 'Alarms…', onSelect: () => showForm('alarms') },
    {
      kind: 'check',
      label: 'Percentiles of latency',
      checked: qemu.histograms.isOn,
      onChange: (isOn) => {
        if (isOn && qemu.histograms.taints) showForm('taint')
        else reportFailure(invoke('qemu/percentiles', { isOn, mayTaint: false }), 'vm')
      },
      closes: !qemu.histograms.isOn && qemu.histograms.taints,
      disabled: qemu.status === 'connecting',
    },
    { kind: 'separator' },
    { kind: 'item', label: 'Connect to another…', onSelect: () => openDialog('connect') },
    { kind: 'item', label: 'Connect again', onSelect: reconnect, disabled: qemu.status !== 'lost' },
    { kind: 'separator' },
    { kind: 'item', label: 'Disconnect', onSelect: () => reportFailure(invoke('qemu/disconnect', null), 'vm') },
  ]
  return (
    <Menu
      entries={entries}
      trigger={
        <button type="button" className={styles.pill} data-tone={pill.tone} title={address ?? ''}>
          <span className={styles.dot} />
          <span className={styles.label}>{pill.label}</span>
          <span className={styles.detail}>{pill.detail}</span>
        </button>
      }
    />
  )
}

/** The host whose VMs the table shows. */
function HostPill() {
  const name = useHost(({ host }) => host?.look.host ?? '')
  const count = useHost(({ host }) => host?.look.vms.length ?? 0)
  const isWell = useHost(({ host }) => host?.look.problems.length === 0)
  const entries: readonly MenuEntry[] = [
    { kind: 'item', label: 'Connect to another…', onSelect: () => openDialog('connect') },
    { kind: 'separator' },
    { kind: 'item', label: 'Disconnect', onSelect: () => reportFailure(invoke('host/disconnect', null), 'vm') },
  ]
  return (
    <Menu
      entries={entries}
      trigger={
        <button type="button" className={styles.pill} data-tone={isWell ? 'ok' : 'warn'} title={name}>
          <span className={styles.dot} />
          <span className={styles.label}>{name}</span>
          <span className={styles.detail}>{counted(count, 'VM')}</span>
        </button>
      }
    />
  )
}
