import type { BucketLook, DiskLook, GroupLook, VmLook } from '#shared/host-look.ts'
import { percent } from '#shared/host-rows.ts'
import { bucketName, formatLimit } from '#shared/throttle/words.ts'
import { type ByteUnits, formatBps, formatDurationNs, formatIops } from '#shared/units.ts'
import { selectVm, useHost } from '../store/host.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Note } from '../ui/Note.tsx'
import styles from './HostPanel.module.css'
import { openVm } from './HostView.tsx'
import { STATE_WORDS } from './host-model.ts'

/** The current VM of the table: its disks and what holds them. */
export function HostPanel() {
  const vm = useHost(({ current }) => current?.vm ?? null)
  const units = useUi((ui) => ui.settings.units)
  return vm === null ? null : <Vm vm={vm} units={units} />
}

function Vm({ vm, units }: { readonly vm: VmLook; readonly units: ByteUnits }) {
  const state = STATE_WORDS[vm.state]
  // Who reaches for what stands here means this VM, also when another one is the noisiest a moment later.
  const hold = () => selectVm(vm.id)
  return (
    <aside className={styles.panel} aria-label={`VM ${vm.name}`} onPointerEnter={hold} onFocus={hold}>
      <header className={styles.head}>
        <h1 title={vm.title ?? vm.name}>{vm.name}</h1>
        <Button variant="primary" onClick={() => openVm(vm.id)}>
          Open board
        </Button>
      </header>
      <p className={styles.sub}>
        {state === '' ? 'running' : state} · {counted(vm.disks.length, 'disk')} in {counted(vm.groups.length, 'group')}
      </p>
      {vm.problem !== null && <Note tone="warn">{vm.problem}</Note>}
      {vm.drift?.map((difference) => (
        <Note key={difference} tone="warn">
          {difference}
        </Note>
      ))}
      {vm.disks.length > 0 && <Disks disks={vm.disks} units={units} />}
      {vm.groups.map((group) => (
        <Group key={group.name} group={group} units={units} />
      ))}
    </aside>
  )
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function Disks({ disks, units }: { readonly disks: readonly DiskLook[]; readonly units: ByteUnits }) {
  const sum = (disk: DiskLook, key: 'iops' | 'bps') =>
    disk.read?.[key] == null && disk.write?.[key] == null ? null : (disk.read?.[key] ?? 0) + (disk.write?.[key] ?? 0)
  const time = (ns: number | null | undefined) => (ns == null ? '–' : formatDurationNs(ns))
  return (
    <table className={styles.disks} aria-label="Disks">
      <thead>
        <tr>
          <th>Disk</th>
          <th>IOPS</th>
          <th>Bandwidth</th>
          <th>Mean r · w</th>
        </tr>
      </thead>
      <tbody>
        {disks.map((disk) => {
          const [iops, bps] = [sum(disk, 'iops'), sum(disk, 'bps')]
          return (
            <tr key={disk.id}>
              <th scope="row" title={disk.groups.length === 0 ? 'not throttled' : disk.groups.join(' → ')}>
                {disk.id}
              </th>
              <td>{iops === null ? '–' : formatIops(iops)}</td>
              <td>{bps === null ? '–' : formatBps(bps, units)}</td>
              <td>
                {time(disk.read?.latencyMeanNs)} · {time(disk.write?.latencyMeanNs)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Group({ group, units }: { readonly group: GroupLook; readonly units: ByteUnits }) {
  return (
    <section className={styles.group} aria-label={`Throttle group ${group.name}`}>
      <h2 title={group.name}>{group.name}</h2>
      <p className={styles.sub}>{group.disks.length === 0 ? 'no disks' : group.disks.join(', ')}</p>
      {group.limits === null && <p className={styles.sub}>QEMU does not report its limits.</p>}
      {group.limits !== null && group.buckets.length === 0 && <p className={styles.sub}>No limit is set.</p>}
      {group.buckets.map((bucket) => (
        <p key={bucket.bucket} className={styles.bucket} data-held={bucket.atLimit === true || undefined}>
          <span>{bucketName(bucket.bucket)}</span>
          <span className="num">{bucketWords(bucket, units)}</span>
        </p>
      ))}
      {group.throttledShare !== null && (
        <p className={styles.sub}>throttled ≈ {percent(group.throttledShare)} of the last second</p>
      )}
    </section>
  )
}

function bucketWords({ bucket, rate, avg }: BucketLook, units: ByteUnits): string {
  const shown = rate === null ? '–' : bucket.startsWith('bps') ? formatBps(rate, units) : formatIops(rate)
  return `${shown} / ${formatLimit(bucket, avg, units)}`
}
