import { memo } from 'react'
import { Area, CartesianGrid, ComposedChart, Line, XAxis, YAxis } from 'recharts'
import type { ByteUnits } from '#shared/units.ts'
import { formatMoment, formatValue, timeTicks, valueTicks } from './axis.ts'
import type { ChartModel, ChartSeries } from './chart-model.ts'
import { PLOT } from './plot-frame.ts'
import { toneColor } from './tone-color.ts'

interface Props {
  readonly model: ChartModel
  readonly width: number
  readonly height: number
  readonly bytes: ByteUnits
}

const TICK = { fill: 'var(--color-faint)', fontSize: 10.5 }
const MARGIN = { top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 }

/** The lines. No tooltip and no animation: those are most of what recharts costs. */
export const LinePlot = memo(function LinePlot({ model, width, height, bytes }: Props) {
  const { kind, fromS, toS, top, points, series } = model
  const moments = timeTicks(fromS, toS, Math.max(2, Math.floor(width / 110)))
  return (
    <ComposedChart
      width={width}
      height={height}
      data={points as ChartModel['points'][number][]} // recharts wants it writable and leaves it alone
      margin={MARGIN}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--color-line)" strokeOpacity={0.7} />
      <XAxis
        dataKey="t"
        type="number"
        domain={[fromS, toS]}
        ticks={moments as number[]} // as above
        allowDataOverflow
        height={PLOT.bottom}
        tickFormatter={formatMoment}
        tick={TICK}
        tickLine={false}
        axisLine={{ stroke: 'var(--color-line-strong)' }}
        interval={0}
      />
      <YAxis
        yAxisId="value"
        domain={[0, top]}
        ticks={valueTicks(top, kind) as number[]} // as above
        allowDataOverflow
        width={PLOT.left}
        tickFormatter={(value: number) => formatValue(value, kind, bytes)}
        tick={TICK}
        tickLine={false}
        axisLine={false}
        interval={0}
      />
      <YAxis yAxisId="share" orientation="right" domain={[0, 1]} width={0} hide allowDataOverflow />
      {series.map(drawSeries)}
    </ComposedChart>
  )
})

function drawSeries(series: ChartSeries) {
  const color = toneColor(series.tone)
  const common = {
    dataKey: series.key,
    yAxisId: series.onShare ? 'share' : 'value',
    stroke: color,
    strokeWidth: series.isBound ? 1.3 : 1.6,
    dot: false,
    activeDot: false,
    isAnimationActive: false,
    connectNulls: false,
    ...(series.dash === undefined ? {} : { strokeDasharray: series.dash }),
  } as const
  if (series.shape !== 'area') {
    return <Line key={series.key} {...common} type={series.shape === 'step' ? 'stepAfter' : 'linear'} />
  }
  return (
    <Area
      key={series.key}
      {...common}
      type="linear"
      fill={color}
      fillOpacity={0.16}
      {...(series.stacked ? { stackId: 'flow' } : {})}
    />
  )
}
