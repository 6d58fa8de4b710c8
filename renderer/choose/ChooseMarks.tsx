import type { FrontierChart } from '#shared/frontier.ts'
import { PRESETS, presetLimits } from '#shared/presets/presets.ts'
import { bucketLimits, poolUnits } from '#shared/throttle/burst.ts'
import { useChoose } from '../store/choose.ts'
import { heldBy } from '../store/choose-target.ts'
import { useWorkspace } from '../store/workspace.ts'
import styles from './ChooseChart.module.css'
import { type Plot, placeOn } from './choose-model.ts'

interface Props {
  readonly chart: FrontierChart
  readonly plot: Plot
}

/** Limits that there are: today's, and the ready-made ones. Those beyond the axes stand at the edge. */
export function ChooseMarks({ chart, plot }: Props) {
  const source = useChoose((state) => state.source)
  const limits = useWorkspace(({ workspace }) => workspace.groups[heldBy(workspace, source) ?? ''])
  const today = limits === undefined ? null : bucketLimits(limits, chart.bucket)
  return (
    <svg aria-hidden="true">
      {PRESETS.map((preset) => {
        const size = preset.kind === 'sized' ? preset.defaultGib : 0
        const bucket = bucketLimits(presetLimits(preset, size), chart.bucket)
        if (bucket.avg === 0) return null
        return <ReadyMade key={preset.id} plot={plot} name={preset.title} rate={bucket.avg} units={poolUnits(bucket)} />
      })}
      {today !== null && today.avg > 0 && <Today plot={plot} rate={today.avg} units={poolUnits(today)} />}
    </svg>
  )
}

interface MarkProps {
  readonly plot: Plot
  readonly rate: number
  readonly units: number
}

function edged({ plot, rate, units }: MarkProps) {
  const x = placeOn(plot.x, rate)
  const y = placeOn(plot.y, units)
  const isBeyond = x > plot.x.to || y < plot.y.to || x < plot.x.from || y > plot.y.from
  return {
    x: Math.min(plot.x.to, Math.max(plot.x.from, x)),
    y: Math.min(plot.y.from, Math.max(plot.y.to, y)),
    isBeyond,
  }
}

function ReadyMade({ name, ...mark }: MarkProps & { readonly name: string }) {
  const { x, y, isBeyond } = edged(mark)
  const isRight = x > mark.plot.x.to - 120
  return (
    <g className={styles.readyMade} data-beyond={isBeyond || undefined}>
      <path d={isBeyond ? `M${x - 5} ${y + 4}L${x} ${y - 4}L${x + 5} ${y + 4}Z` : `M${x} ${y - 5}l5 5l-5 5l-5 -5Z`} />
      {!isBeyond && (
        <text x={isRight ? x - 9 : x + 9} y={y + 4} textAnchor={isRight ? 'end' : 'start'}>
          {name}
        </text>
      )}
    </g>
  )
}

function Today(mark: MarkProps) {
  const { x, y } = edged(mark)
  return (
    <g className={styles.today} data-today>
      <circle cx={x} cy={y} r="6" />
      <circle className={styles.dot} cx={x} cy={y} r="2" />
      <text x={x + 11} y={y + 4}>
        today
      </text>
    </g>
  )
}
