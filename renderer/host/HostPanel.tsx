import type { ReactNode } from 'react'
import { counted } from '#shared/counted.ts'
import type { HostRow } from '#shared/host-rows.ts'
import type { ByteUnits } from '#shared/units.ts'
import { heldSince, selectVm, useHost } from '../store/host.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Note } from '../ui/Note.tsx'
import styles from './HostPanel.module.css'
import { STATE_WORDS } from './host-model.ts'
import { openVm } from './open-vm.ts'
import { VmDisks } from './VmDisks.tsx'
import { VmGroup } from './VmGroup.tsx'
import { VmPercentiles } from './VmPercentiles.tsx'
import { reasonOf } from './vm-reason.ts'

interface PanelProps {
  /** What can be done to a VM without its board, below the rest. */
  readonly operations: (vm: string) => ReactNode
}

/** The current VM of the table: its disks and what holds them. */
export function HostPanel({ operations }: PanelProps) {
  const row = useHost(({ current }) => current)
  const units = useUi((ui) => ui.settings.units)
  return row === null ? null : <Vm row={row} units={units} operations={operations} />
}

function Vm({ row, units, operations }: PanelProps & { readonly row: HostRow; readonly units: ByteUnits }) {
  const { vm } = row
  const isLifted = useHost(({ host }) => host?.lifts[vm.id] !== undefined)
  const wallMs = useHost(({ host }) => host?.look.wallMs ?? 0)
  const reason = reasonOf(row, { units, sinceOf: heldSince, nowMs: wallMs })
  const state = STATE_WORDS[vm.state]
  // Pointing at the panel selects its VM, so that a click meets the same one when another becomes the noisiest.
  const hold = () => selectVm(vm.id)
  return (
    <aside
      className={styles.panel}
      data-host-panel=""
      aria-label={`VM ${vm.name}`}
      onPointerEnter={hold}
      onFocus={hold}
    >
      <header className={styles.head}>
        <h1 title={vm.title ?? vm.name}>{vm.name}</h1>
        <Button variant="primary" onClick={() => openVm(vm.id)}>
          Open board
        </Button>
      </header>
      <p className={styles.sub}>
        {state === '' ? 'running' : state} · {counted(vm.disks.length, 'disk')} in {counted(vm.groups.length, 'group')}
        {isLifted && ' · limits are lifted'}
      </p>
      {reason !== null && (
        <p className={styles.reason} data-tone={reason.tone}>
          <b>{reason.lead}</b> {reason.text}
        </p>
      )}
      {vm.problem !== null && <Note tone="warn">{vm.problem}</Note>}
      {vm.drift?.map((difference) => (
        <Note key={difference} tone="warn">
          {difference}
        </Note>
      ))}
      {vm.disks.length > 0 && <VmDisks disks={vm.disks} units={units} />}
      <VmPercentiles vm={vm} />
      {vm.groups.map((group) => (
        <VmGroup key={group.name} group={group} units={units} />
      ))}
      {operations(vm.id)}
    </aside>
  )
}
