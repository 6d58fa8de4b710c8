import { boundsWords } from '#shared/latency-words.ts'
import type { LatencyFigures, RecordedLatency } from '#shared/result.ts'
import styles from './ChoosePanel.module.css'

/** How long the requests took while they were recorded; nothing where no latency was recorded. */
export function MeasuredTable({ measured }: { readonly measured: readonly RecordedLatency[] }) {
  const rows = measured.flatMap(({ device, read, write }) => [
    rowOf(device, 'reads', read),
    rowOf(device, 'writes', write),
  ])
  if (rows.every((row) => row === null)) return null
  return (
    <table className={styles.table} aria-label="While recorded">
      <caption>While recorded, measured, waits included</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">p50</th>
          <th scope="col">p99</th>
        </tr>
      </thead>
      <tbody>{rows}</tbody>
    </table>
  )
}

function rowOf(device: string, flow: string, figures: LatencyFigures | null) {
  if (figures === null) return null
  return (
    <tr key={`${device} ${flow}`}>
      <th scope="row">
        {device} {flow}
      </th>
      <td>{boundsWords(figures.p50)}</td>
      <td>{boundsWords(figures.p99)}</td>
    </tr>
  )
}
