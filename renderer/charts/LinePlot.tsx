import { memo, useMemo } from 'react'
import { Area, ComposedChart, XAxis, YAxis } from 'recharts'
import type { ChartModel, ChartSeries } from './chart-model.ts'
import { PLOT } from './plot-frame.ts'
import { toneColor } from './tone-color.ts'

interface Props {
  readonly model: ChartModel
  readonly width: number
  readonly height: number
}

const MARGIN = { top: PLOT.top, right: PLOT.right, bottom: PLOT.bottom, left: PLOT.left }
const UNIT_DOMAIN = [0, 1]

/**
 * The lines, and nothing else: each axis, grid, tooltip or changed property of recharts is a round through its store.
 * As x is a share of the span, only the data change from picture to picture; PlotAxes draws what moves.
 */
export const LinePlot = memo(function LinePlot({ model, width, height }: Props) {
  const { top, points, series } = model
  const shapes = JSON.stringify(series.map(({ summary: _summary, last: _last, ...shape }) => shape))
  const children = useMemo(() => {
    const drawn = JSON.parse(shapes) as readonly Omit<ChartSeries, 'summary' | 'last'>[] // our own JSON
    return [
      <XAxis key="x" dataKey="x" type="number" domain={UNIT_DOMAIN} allowDataOverflow hide />,
      <YAxis key="y" yAxisId="value" domain={[0, top]} width={0} allowDataOverflow hide />,
      <YAxis key="share" yAxisId="share" orientation="right" domain={UNIT_DOMAIN} width={0} allowDataOverflow hide />,
      ...drawn.map(drawSeries),
    ]
  }, [shapes, top])
  return (
    <ComposedChart
      width={width}
      height={height}
      data={points as ChartModel['points'][number][]} // recharts wants it writable and leaves it alone
      margin={MARGIN}
      accessibilityLayer={false}
    >
      {children}
    </ComposedChart>
  )
})

/** Lines too are areas, without a fill: recharts measures the length of each `Line` with every picture. */
function drawSeries(series: Omit<ChartSeries, 'summary' | 'last'>) {
  const color = toneColor(series.tone)
  const isFilled = series.shape === 'area'
  return (
    <Area
      key={series.key}
      dataKey={series.key}
      yAxisId={series.onShare ? 'share' : 'value'}
      type={series.shape === 'step' ? 'stepAfter' : 'linear'}
      stroke={color}
      strokeWidth={series.isBound ? 1.3 : 1.6}
      fill={isFilled ? color : 'none'}
      fillOpacity={isFilled ? 0.16 : 0}
      dot={false}
      activeDot={false}
      isAnimationActive={false}
      connectNulls={false}
      {...(series.dash === undefined ? {} : { strokeDasharray: series.dash })}
      {...(series.stacked ? { stackId: 'flow' } : {})}
    />
  )
}
