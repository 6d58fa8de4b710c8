import { useEffect, useRef } from 'react'
import { onColorsChange } from '../styles/colors.ts'
import type { Size } from '../ui/use-size.ts'
import type { ChartModel } from './chart-model.ts'
import { drawLines } from './draw-lines.ts'

interface Props {
  readonly model: ChartModel
  readonly size: Size
}

/** The lines, a canvas; axes, marks and cursor lie over it. */
export function LinePlot({ model, size }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const draw = () => {
      if (canvas.current) drawLines(canvas.current, model, size)
    }
    draw()
    return onColorsChange(draw)
  }, [model, size])
  return <canvas ref={canvas} data-lines={model.series.length} />
}
