import type { FrontierChart, OverTime } from '#shared/frontier.ts'
import { formatDurationNs, NS_PER_S } from '#shared/units.ts'
import { useChoose } from '../store/choose.ts'
import { useUi } from '../store/ui.ts'
import { wordsFor } from './choose-model.ts'
import styles from './LoadStrip.module.css'

const WIDTH = 1000
const HEIGHT = 64

/** The load over time, and when today's and the proposed limits make it wait. */
export function LoadStrip({ chart }: { readonly chart: FrontierChart }) {
  const units = useUi((ui) => ui.settings.units)
  const proposed = useChoose((state) => state.proposed)
  const today = useChoose((state) => state.todayFacts?.waitsOverTime ?? null)
  const next = useChoose((state) => state.proposedFacts?.waitsOverTime ?? null)
  const { overTime } = chart
  const top = Math.max(1, ...overTime.values)
  const y = (value: number) => HEIGHT - (HEIGHT - 4) * Math.min(1, value / top)
  const words = wordsFor(chart.bucket, units)
  return (
    <figure className={styles.strip}>
      <figcaption className={styles.head}>
        <b>This load</b>
        <span>busiest {words.rate(top)}</span>
        <span className={styles.key} aria-hidden="true">
          <span data-mark="today">today’s limits bind</span>
          <span data-mark="proposed">these bind</span>
        </span>
        <span>{formatDurationNs(chart.spanS * NS_PER_S)}</span>
      </figcaption>
      <svg className={styles.plot} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <Shades bins={today} overTime={overTime} kind="today" />
        <Shades bins={next} overTime={overTime} kind="proposed" />
        <path className={styles.load} d={stepsOf(overTime, y)} />
        {proposed !== null && proposed.rate < top && (
          <path className={styles.limit} d={`M0 ${y(proposed.rate)}H${WIDTH}`} />
        )}
      </svg>
    </figure>
  )
}

function stepsOf({ values }: OverTime, y: (value: number) => number): string {
  const width = WIDTH / Math.max(1, values.length)
  const points = values.map(
    (value, bin) => `${(bin * width).toFixed(1)} ${y(value).toFixed(1)}H${((bin + 1) * width).toFixed(1)}`,
  )
  return points.length === 0 ? '' : `M${points.join('L')}V${HEIGHT}H0Z`
}

interface ShadesProps {
  readonly bins: OverTime | null
  readonly overTime: OverTime
  readonly kind: 'today' | 'proposed'
}

/** The bins in which somebody waits; both charts begin at the first request. */
function Shades({ bins, overTime, kind }: ShadesProps) {
  if (bins === null) return null
  const lengthS = overTime.binS * Math.max(1, overTime.values.length)
  const width = (bins.binS / lengthS) * WIDTH
  const path = bins.values.flatMap((wait, bin) =>
    wait > 0 ? [`M${(bin * width).toFixed(1)} 0h${width.toFixed(2)}V${HEIGHT}h${(-width).toFixed(2)}Z`] : [],
  )
  return <path className={styles.shade} data-mark={kind} d={path.join('')} />
}
