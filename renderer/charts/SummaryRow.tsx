import type { ByteUnits } from '#shared/units.ts'
import { formatValue } from '../ui/axis.ts'
import type { ChartModel, ChartSeries } from './chart-model.ts'
import styles from './SummaryRow.module.css'
import { toneColor } from './tone-color.ts'

const FIGURES = ['min', 'avg', 'p95', 'max'] as const

/** Legend and figures in one: what each line is, and its least, mean, 95th percentile and most over the span. */
export function SummaryRow({ model, bytes }: { readonly model: ChartModel; readonly bytes: ByteUnits }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: in a narrow window it scrolls, which the keyboard must reach
    <ul className={styles.row} aria-label="Figures over the span" tabIndex={0}>
      {model.series.map((series) => (
        <Item key={series.key} series={series} kind={series.onShare ? 'share' : model.kind} bytes={bytes} />
      ))}
      {model.above.map(({ label, value, tone }) => (
        <li key={label} className={styles.item} title={`${label}: above what is drawn`}>
          <Swatch tone={toneColor(tone)} dashed />
          {label}
          <span aria-hidden="true">↑</span>
          <span className="visually-hidden">above, at</span>
          <b className="num">{formatValue(value, model.kind, bytes)}</b>
        </li>
      ))}
    </ul>
  )
}

function Item({ series, kind, bytes }: { series: ChartSeries; kind: ChartModel['kind']; bytes: ByteUnits }) {
  const { summary } = series
  return (
    <li className={styles.item} title={wordsOf(series, kind, bytes)}>
      <Swatch tone={toneColor(series.tone)} dashed={series.dash !== undefined} />
      {series.label}{' '}
      {summary === null && series.last !== null && <b className="num">{formatValue(series.last, kind, bytes)}</b>}
      {summary !== null &&
        FIGURES.map((name) => (
          <span key={name} className={styles.figure} data-figure={name}>
            {name} <b className="num">{formatValue(summary[name], kind, bytes)}</b>{' '}
          </span>
        ))}
    </li>
  )
}

/** All of it, where the row has no room for every figure. */
function wordsOf({ label, summary, last }: ChartSeries, kind: ChartModel['kind'], bytes: ByteUnits): string {
  const figures = summary === null ? [] : FIGURES.map((name) => `${name} ${formatValue(summary[name], kind, bytes)}`)
  return figures.length > 0 || last === null
    ? `${label}: ${figures.join(', ')}`
    : `${label} ${formatValue(last, kind, bytes)}`
}

function Swatch({ tone, dashed }: { readonly tone: string; readonly dashed: boolean }) {
  return <i className={styles.swatch} data-dashed={dashed || undefined} style={{ color: tone }} />
}
