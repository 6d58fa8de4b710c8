import type { DiskLook } from '#shared/host-look.ts'
import { type ByteUnits, formatBps, formatDurationNs, formatIops, formatShort } from '#shared/units.ts'
import styles from './HostPanel.module.css'

/** What each disk of a VM does. */
export function VmDisks({ disks, units }: { readonly disks: readonly DiskLook[]; readonly units: ByteUnits }) {
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
          <th title="Requests in flight on average, those that wait for a limit included">In flight</th>
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
              <td>{disk.inFlight === null ? '–' : formatShort(disk.inFlight)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
