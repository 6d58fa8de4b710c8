import { useMemo } from 'react'
import {
  bucketFor,
  type FrontierChart,
  type FrontierPercentile,
  limitsHolding,
  type RateAndBucket,
} from '#shared/frontier.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { formatDurationNs, NS_PER_S } from '#shared/units.ts'
import { useChoose } from '../store/choose.ts'
import { useUi } from '../store/ui.ts'
import { useSize } from '../ui/use-size.ts'
import styles from './ChooseChart.module.css'
import { ChooseMarks } from './ChooseMarks.tsx'
import {
  areaBetween,
  type Band,
  bandLabels,
  edgesOf,
  type Plot,
  pathOf,
  placeOn,
  plotOf,
  ticksOn,
  wordsFor,
} from './choose-model.ts'
import { pointByKey, useChooseDrag } from './use-choose-drag.ts'

/** Rate against burst: what each pair makes of the load. */
export function ChooseChart({ chart }: { readonly chart: FrontierChart }) {
  const [frame, size] = useSize<HTMLDivElement>()
  const plot = useMemo(() => plotOf(chart, size.width, size.height), [chart, size])
  return (
    <div ref={frame} className={styles.frame}>
      {size.width > 200 && size.height > 120 && <DrawnChart chart={chart} plot={plot} />}
    </div>
  )
}

interface Props {
  readonly chart: FrontierChart
  readonly plot: Plot
}

function DrawnChart({ chart, plot }: Props) {
  const percentile = useChoose((state) => state.percentile)
  const drag = useChooseDrag(chart, plot)
  const { x, y } = plot
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing is no fieldset.
    <svg
      className={styles.chart}
      width={plot.width}
      height={plot.height}
      aria-label="What this load needs"
      role="group"
      {...drag}
    >
      <defs>
        <clipPath id="choose-plot">
          <rect x={x.from} y={y.to} width={x.to - x.from} height={y.from - y.to} />
        </clipPath>
        <pattern id="choose-hidden" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0V7" className={styles.hatch} />
        </pattern>
      </defs>
      <Axes chart={chart} plot={plot} />
      <g clipPath="url(#choose-plot)">
        <Bands chart={chart} plot={plot} percentile={percentile} />
        <Unsettable chart={chart} plot={plot} />
        <WaitLine chart={chart} plot={plot} />
      </g>
      <ChooseMarks chart={chart} plot={plot} />
      <Proposed chart={chart} plot={plot} />
    </svg>
  )
}

function Axes({ chart, plot }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const words = wordsFor(chart.bucket, units)
  const isBytes = chart.bucket.startsWith('bps')
  const { x, y } = plot
  const bare = (value: number) => words.rate(value).replace(' IOPS', '')
  return (
    <svg className={styles.axes} aria-hidden="true">
      {ticksOn(x).map((tick) => (
        <g key={tick}>
          <path d={`M${placeOn(x, tick)} ${y.to}V${y.from}`} />
          <text x={placeOn(x, tick)} y={y.from + 16} textAnchor="middle">
            {bare(tick)}
          </text>
        </g>
      ))}
      {ticksOn(y).map((tick) => (
        <g key={tick}>
          <path d={`M${x.from} ${placeOn(y, tick)}H${x.to}`} />
          <text x={x.from - 8} y={placeOn(y, tick) + 4} textAnchor="end">
            {words.units(tick)}
          </text>
        </g>
      ))}
      <text className={styles.title} x={(x.from + x.to) / 2} y={y.from + 34} textAnchor="middle">
        {isBytes ? 'Bandwidth limit →' : 'IOPS limit, a second →'}
      </text>
      <text className={styles.title} transform={`translate(13 ${(y.from + y.to) / 2}) rotate(-90)`} textAnchor="middle">
        {isBytes ? 'Burst, bytes at once →' : 'Burst, requests at once →'}
      </text>
    </svg>
  )
}

interface BandsProps extends Props {
  readonly percentile: FrontierPercentile | 100
}

/** The no-wait bucket if the requests of each interval came at the worst time. */
function mostAt({ most }: FrontierChart, rate: number): number {
  return most?.find((levels) => levels.rate === rate)?.noWait ?? 0
}

function bandName(band: Band, percentile: FrontierPercentile | 100): string {
  const who = percentile === 100 ? 'longest' : `p${percentile}`
  if (band === 'no-wait') return 'no wait'
  return band === 'over' ? `${who} over 100 ms` : `${who} ≤ ${band.replace('ms', ' ms')}`
}

function Bands({ chart, plot, percentile }: BandsProps) {
  const edges = edgesOf(percentile)
  const bands: readonly Band[] = [...edges.map((edge) => edge.band), 'over']
  const meanX = placeOn(plot.x, chart.meanRate)
  return (
    <svg aria-hidden="true">
      {bands.map((band, index) => (
        <path
          key={band}
          className={styles.band}
          data-band={band}
          d={areaBetween(chart, plot, edges[index - 1]?.needed ?? null, edges[index]?.needed ?? null)}
        />
      ))}
      {edges.map(({ band, needed }) => (
        <path key={band} className={styles.edge} data-band={band} d={pathOf(chart, plot, needed)} />
      ))}
      {chart.most !== null && (
        <path
          fill="url(#choose-hidden)"
          data-interval
          d={areaBetween(
            chart,
            plot,
            (levels) => mostAt(chart, levels.rate),
            (levels) => levels.noWait,
          )}
        />
      )}
      {chart.closedLoops.length > 0 && (
        <>
          <path fill="url(#choose-hidden)" d={areaBetween(chart, plot, null, null)} data-hidden-demand />
          <text className={styles.hiddenName} x={plot.x.to - 12} y={plot.y.to + 18} textAnchor="end">
            hidden demand: the lines may lie higher
          </text>
        </>
      )}
      {chart.limited !== null && <LimitedArea plot={plot} fromRate={chart.limited.fromRate} />}
      {meanX > plot.x.from && (
        <g className={styles.mean}>
          <rect x={plot.x.from} y={plot.y.to} width={meanX - plot.x.from} height={plot.y.from - plot.y.to} />
          <path d={`M${meanX} ${plot.y.to}V${plot.y.from}`} />
          <text x={meanX + 6} y={plot.y.from - 8}>
            mean: below it the queue only grows
          </text>
        </g>
      )}
      {bandLabels(chart, plot, percentile).map(({ band, x, y }) => (
        <text key={band} className={styles.bandName} data-band={band} x={x} y={y + 4} textAnchor="middle">
          {bandName(band, percentile)}
        </text>
      ))}
    </svg>
  )
}

/** From where the load was held back when it was recorded: what is drawn there is what it was given. */
function LimitedArea({ plot, fromRate }: { readonly plot: Plot; readonly fromRate: number }) {
  const x = Math.min(plot.x.to, Math.max(plot.x.from, placeOn(plot.x, fromRate)))
  const height = plot.y.from - plot.y.to
  return (
    <g>
      <rect fill="url(#choose-hidden)" x={x} y={plot.y.to} width={plot.x.to - x} height={height} data-limited />
      <text className={styles.hiddenName} x={plot.x.to - 12} y={plot.y.to + 18} textAnchor="end">
        held back when recorded: the lines may lie higher
      </text>
    </g>
  )
}

/** QEMU takes a burst of the limit and more, or none, which leaves a tenth of the limit. */
function Unsettable({ plot }: Props) {
  const { x, y } = plot
  const at = (rate: number, share: number) => `${placeOn(x, rate)} ${placeOn(y, rate * share)}`
  return (
    <svg className={styles.unsettable} aria-hidden="true">
      <path className={styles.dim} d={`M${at(x.min, 1)}L${at(x.max, 1)}L${at(x.max, 0.1)}L${at(x.min, 0.1)}Z`} />
      <path className={styles.shortest} d={`M${at(x.min, 1)}L${at(x.max, 1)}`} />
      <path className={styles.unset} d={`M${at(x.min, 0.1)}L${at(x.max, 0.1)}`} />
    </svg>
  )
}

/** The line that is dragged. */
function WaitLine({ chart, plot }: Props) {
  const percentile = useChoose((state) => state.percentile)
  const waitS = useChoose((state) => state.waitS)
  const path = pathOf(chart, plot, (levels) => bucketFor(levels, percentile, waitS))
  return (
    <svg className={styles.waitLine} aria-hidden="true" data-wait-line>
      <path className={styles.grip} d={path} />
      <path d={path} />
    </svg>
  )
}

function Proposed({ chart, plot }: Props) {
  const proposed = useChoose((state) => state.proposed)
  const facts = useChoose((state) => state.proposedFacts)
  const units = useUi((ui) => ui.settings.units)
  if (proposed === null) return null
  const words = limitsInWords(limitsHolding(chart.bucket, proposed), units)
  const wait = (seconds: number) => formatDurationNs(seconds * NS_PER_S)
  const effect = facts === null ? '' : `: wait p99 ${wait(facts.waitS.p99)}, longest ${wait(facts.waitS.max)}`
  const { x, y } = centre(plot, proposed)
  return (
    <g className={styles.proposed}>
      <path className={styles.cross} d={`M${x} ${plot.y.to}V${plot.y.from}M${plot.x.from} ${y}H${plot.x.to}`} />
      <g
        role="slider"
        tabIndex={0}
        aria-label="Proposed limits"
        aria-valuenow={proposed.rate}
        aria-valuetext={`${words}${effect}`}
        onKeyDown={(event) => pointByKey(event, plot, proposed)}
      >
        <circle className={styles.halo} cx={x} cy={y} r="14" />
        <circle className={styles.point} cx={x} cy={y} r="7" />
      </g>
    </g>
  )
}

function centre(plot: Plot, { rate, bucket }: RateAndBucket) {
  return { x: placeOn(plot.x, rate), y: placeOn(plot.y, bucket) }
}
