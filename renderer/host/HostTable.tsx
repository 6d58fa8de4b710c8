import { ArrowDown, BellRing } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { PAST_LIMIT } from '#shared/host-look.ts'
import { type HostRow, percent, type SortKey } from '#shared/host-rows.ts'
import { type ByteUnits, formatDurationNs, formatIops, splitBytes } from '#shared/units.ts'
import { selectVm } from '../store/host.ts'
import styles from './HostTable.module.css'
import { alarmWords, STATE_WORDS, stateTone } from './host-model.ts'
import { VmSpark } from './VmSpark.tsx'

interface Props {
  readonly rows: readonly HostRow[]
  readonly sort: SortKey
  /** Id. */
  readonly selected: string | null
  readonly units: ByteUnits
  readonly onSort: (key: SortKey) => void
  readonly onOpen: (id: string) => void
}

interface Column {
  readonly label: string
  /** null: nothing to sort by. */
  readonly key: SortKey | null
  readonly title?: string
  readonly isNumber?: boolean
}

const COLUMNS: readonly Column[] = [
  { label: 'VM', key: 'name' },
  { label: 'Share', key: 'share', title: "Of the host's IOPS or bandwidth, whichever is larger", isNumber: true },
  { label: 'Last 5 min', key: null, title: 'IOPS' },
  { label: 'IOPS', key: 'iops', isNumber: true },
  { label: 'Bandwidth', key: 'bps', isNumber: true },
  { label: 'Nearest limit', key: 'limit', title: 'Use of the limit that is nearest to full' },
  { label: 'Mean r · w', key: 'wait', title: 'Mean latency of reads and of writes, as measured', isNumber: true },
  {
    label: '≈ Throttled',
    key: 'throttled',
    title: 'Estimated share of the time in which a request waited',
    isNumber: true,
  },
  { label: '≈ Full in', key: null, title: 'Estimated time until the first bucket is full', isNumber: true },
  { label: 'Alarms', key: 'alarms', title: 'As in the bar of a VM; its menu, Alarms…, sets the thresholds' },
  { label: 'Drift, state', key: null },
]

export function HostTable({ rows, sort, selected, units, onSort, onOpen }: Props) {
  const frame = useRef<HTMLElement>(null)
  // The keys work at once, and again when the board of a VM is closed.
  useEffect(() => frame.current?.focus(), [])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys select a row, and it scrolls
    <section ref={frame} className={styles.frame} tabIndex={0} aria-label="VMs; the arrow keys select">
      <table className={styles.table} aria-label="VMs of the host">
        <thead>
          <tr>
            {COLUMNS.map(({ label, key, title, isNumber }) => (
              <th
                key={label}
                title={title}
                data-number={isNumber || undefined}
                aria-sort={key !== sort ? undefined : key === 'name' ? 'ascending' : 'descending'}
              >
                {key === null ? (
                  label
                ) : (
                  <button type="button" onClick={() => onSort(key)}>
                    {label}
                    {key === sort && <ArrowDown aria-hidden="true" />}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.vm.id} row={row} isSelected={row.vm.id === selected} units={units} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface RowProps {
  readonly row: HostRow
  readonly isSelected: boolean
  readonly units: ByteUnits
  readonly onOpen: (id: string) => void
}

function Row({ row, isSelected, units, onOpen }: RowProps) {
  const { vm } = row
  const bytes = vm.bps === null ? null : splitBytes(vm.bps, units)
  const time = (ns: number | null) => (ns === null ? '–' : formatDurationNs(ns))
  const isHeld = row.throttledShare !== null && row.throttledShare >= 0.5
  return (
    <tr
      data-vm={vm.id}
      data-up={vm.up || undefined}
      aria-selected={isSelected}
      onClick={() => selectVm(vm.id)}
      onDoubleClick={() => onOpen(vm.id)}
    >
      <th scope="row" title={vm.title ?? vm.name}>
        <i className={styles.dot} data-tone={stateTone(vm)} />
        <span className={styles.name}>{vm.name}</span>
      </th>
      <td data-number="">
        <span className={styles.share} aria-hidden="true">
          <i style={{ transform: `scaleX(${row.share ?? 0})` }} />
        </span>{' '}
        {percent(row.share)}
      </td>
      <td>
        <VmSpark id={vm.id} />
      </td>
      <td data-number="">{vm.iops === null ? '–' : formatIops(vm.iops)}</td>
      <td data-number="">{bytes === null ? '–' : `${bytes.value} ${bytes.unit}/s`}</td>
      <td>
        <span className={styles.use} aria-hidden="true" data-over={(row.limitShare ?? 0) > PAST_LIMIT || undefined}>
          <i style={{ transform: `scaleX(${Math.min(1, row.limitShare ?? 0)})` }} />
        </span>{' '}
        {row.limit}
      </td>
      <td data-number="">
        {time(row.readMeanNs)} · {time(row.writeMeanNs)}
      </td>
      <td data-number="" data-held={isHeld || undefined}>
        {row.throttledShare === null ? '–' : `≈ ${percent(row.throttledShare)}`}
      </td>
      <td data-number="">{row.headroomNs === null ? '–' : `≈ ${formatDurationNs(row.headroomNs)}`}</td>
      <td className={styles.alarms} title={row.alarms.map(({ text }) => text).join('\n')}>
        {row.alarms[0] !== undefined && (
          <>
            <BellRing aria-hidden="true" /> {alarmWords(row.alarms)}
          </>
        )}
      </td>
      <td className={styles.state} title={[...(vm.drift ?? []), vm.problem ?? ''].filter(Boolean).join('\n')}>
        {vm.drift !== null && vm.drift.length > 0 && <b>≠ {vm.drift.length}</b>} {STATE_WORDS[vm.state]}
      </td>
    </tr>
  )
}
