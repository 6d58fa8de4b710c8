import { CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import styles from './CurvePanel.module.css'
import { type CurvePoint, momentText, ticksOf } from './predict-model.ts'

interface Props {
  readonly points: readonly CurvePoint[]
  readonly format: (value: number) => string
}

const TICK = { fill: 'var(--color-muted)', fontSize: 11 }

export function CurveChart({ points, format }: Props) {
  const endS = points.at(-1)?.atS ?? 0
  return (
    <div className={styles.chart} aria-hidden="true">
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={[...points]} margin={{ top: 8, right: 12, bottom: 0, left: 4 }} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--color-line)" vertical={false} />
          <XAxis
            dataKey="atS"
            type="number"
            domain={[0, endS]}
            ticks={[...ticksOf(endS)]}
            tickFormatter={momentText}
            tick={TICK}
            stroke="var(--color-line-strong)"
            minTickGap={40}
          />
          <YAxis tickFormatter={format} tick={TICK} width={72} axisLine={false} tickLine={false} domain={[0, 'auto']} />
          <Tooltip
            content={(props) => (
              <ReadOut point={props.active ? props.payload[0]?.payload : undefined} format={format} />
            )}
            cursor={{ stroke: 'var(--color-line-strong)' }}
            isAnimationActive={false}
          />
          <Line
            dataKey="limit"
            stroke="var(--color-limit)"
            strokeDasharray="5 4"
            type="stepAfter"
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="before"
            stroke="var(--color-demand)"
            strokeDasharray="3 3"
            strokeWidth={1.6}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="now"
            stroke="var(--color-read)"
            strokeWidth={1.8}
            dot={false}
            activeDot={{ r: 3 }}
            isAnimationActive={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  )
}

interface ReadOutProps {
  /** recharts hands back our own point; undefined: the pointer is elsewhere. */
  readonly point: CurvePoint | undefined
  readonly format: (value: number) => string
}

function ReadOut({ point, format }: ReadOutProps) {
  if (!point) return null
  const rows = [
    ['this run', point.now],
    ['compared', point.before],
    ['limit', point.limit],
  ] as const
  return (
    <div className={styles.readOut}>
      <b>{momentText(point.atS)}</b>
      {rows.map(([name, value]) =>
        value === null ? null : (
          <span key={name}>
            {name} <b className="num">{format(value)}</b>
          </span>
        ),
      )}
    </div>
  )
}
