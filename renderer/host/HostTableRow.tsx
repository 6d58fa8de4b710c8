import { BellRing, ChartNoAxesColumn } from 'lucide-react'
import { PAST_LIMIT } from '#shared/host-look.ts'
import { type HostRow, percent } from '#shared/host-rows.ts'
import { type ByteUnits, formatDurationNs, formatIops, splitBytes } from '#shared/units.ts'
import { heldSince, selectVm } from '../store/host.ts'
import styles from './HostTable.module.css'
import { heldLines } from './held-words.ts'
import { alarmWords, STATE_WORDS, stateTone } from './host-model.ts'
import { jobBadge, jobLines } from './job-words.ts'
import { hasWeirs, p99Title, p99Words } from './percentile-words.ts'
import { VmSpark } from './VmSpark.tsx'

interface Props {
  readonly row: HostRow
  /** Among all rows, also those out of sight. */
  readonly index: number
  readonly isSelected: boolean
  readonly hasP99: boolean
  readonly units: ByteUnits
  readonly onOpen: (id: string) => void
}

export function HostTableRow({ row, index, isSelected, hasP99, units, onOpen }: Props) {
  const { vm } = row
  const bytes = vm.bps === null ? null : splitBytes(vm.bps, units)
  const time = (ns: number | null) => (ns === null ? '–' : formatDurationNs(ns))
  const badge = jobBadge(vm)
  const isHeld = row.throttledShare !== null && row.throttledShare >= 0.5
  return (
    <tr
      data-vm={vm.id}
      data-up={vm.up || undefined}
      aria-selected={isSelected}
      aria-rowindex={index + 2}
      onClick={() => selectVm(vm.id)}
      onContextMenu={() => selectVm(vm.id)}
      onDoubleClick={() => onOpen(vm.id)}
    >
      <th scope="row" title={vm.title ?? vm.name}>
        <span className={styles.vm}>
          <i className={styles.dot} data-tone={stateTone(vm)} />
          <span className={styles.name}>
            {vm.name} <small title={vm.problem ?? undefined}>{STATE_WORDS[vm.state]}</small>
          </span>
          {badge !== null && (
            <span className={styles.job} title={jobLines(vm, units)}>
              <span className="visually-hidden">Block job:</span> {badge}
            </span>
          )}
        </span>
      </th>
      <td data-number="">
        <span className={styles.share} aria-hidden="true">
          <i style={{ transform: `scaleX(${row.share ?? 0})` }} />
        </span>{' '}
        {percent(row.share)}
      </td>
      <td data-extra="">
        <VmSpark id={vm.id} />
      </td>
      <td data-number="">{vm.iops === null ? '–' : formatIops(vm.iops)}</td>
      <td data-number="">{bytes === null ? '–' : `${bytes.value} ${bytes.unit}/s`}</td>
      <td className={styles.limit} title={[row.limit, ...heldLines(vm, heldSince, Date.now())].join('\n')}>
        <span className={styles.use} aria-hidden="true" data-over={(row.limitShare ?? 0) > PAST_LIMIT || undefined}>
          <i style={{ transform: `scaleX(${Math.min(1, row.limitShare ?? 0)})` }} />
        </span>{' '}
        {row.limit}
      </td>
      <td data-number="">
        {time(row.readMeanNs)} · {time(row.writeMeanNs)}
      </td>
      {hasP99 && (
        <td data-number="" title={p99Title(row)}>
          {hasWeirs(vm) && <ChartNoAxesColumn className={styles.mark} aria-hidden="true" />} {p99Words(row)}
        </td>
      )}
      <td data-number="" data-held={isHeld || undefined}>
        {row.throttledShare === null ? '–' : `≈ ${percent(row.throttledShare)}`}
      </td>
      <td data-number="" data-extra="">
        {row.headroomNs === null ? '–' : `≈ ${formatDurationNs(row.headroomNs)}`}
      </td>
      <td className={styles.alarms} title={[...(vm.drift ?? []), ...row.alarms.map(({ text }) => text)].join('\n')}>
        {vm.drift !== null && vm.drift.length > 0 && <b>≠ {vm.drift.length}</b>}
        {row.alarms[0] !== undefined && (
          <>
            <BellRing aria-hidden="true" /> {alarmWords(row.alarms)}
          </>
        )}
      </td>
    </tr>
  )
}
