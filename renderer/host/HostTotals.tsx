import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { HostLook } from '#shared/host-look.ts'
import { percent } from '#shared/host-rows.ts'
import { formatBps, formatIops, splitBytes } from '#shared/units.ts'
import { trailOf, wholeTrail } from '../store/host.ts'
import { useUi } from '../store/ui.ts'
import { onColorsChange } from '../styles/colors.ts'
import { roundUp } from '../ui/axis.ts'
import { drawBands } from './draw-bands.ts'
import styles from './HostTotals.module.css'
import { bandsOf } from './host-bands.ts'
import { totalsOf } from './host-model.ts'

/** IOPS and bandwidth of the whole host over the last quarter of an hour and which VM has most of each now. */
export function HostTotals({ look, children }: { readonly look: HostLook; readonly children: ReactNode }) {
  const units = useUi((ui) => ui.settings.units)
  const { iops, bps, up } = totalsOf(look)
  const bytes = splitBytes(bps, units)
  return (
    <>
      <header className={styles.head}>
        <h1 title={look.host}>{look.host}</h1>
        <span>
          <b className="num">
            {up} of {look.vms.length}
          </b>{' '}
          VMs answer
        </span>
      </header>
      <div className={styles.charts}>
        <Chart look={look} rate="iops" name="IOPS" value={formatIops(iops)} unit="IOPS" format={formatIops} />
        <Chart
          look={look}
          rate="bps"
          name="Bandwidth"
          value={bytes.value}
          unit={`${bytes.unit}/s`}
          format={(value) => formatBps(value, units).replace('/s', '')}
        />
        {children}
      </div>
    </>
  )
}

interface ChartProps {
  readonly look: HostLook
  readonly rate: 'iops' | 'bps'
  readonly name: string
  readonly value: string
  readonly unit: string
  readonly format: (value: number) => string
}

function Chart({ look, rate, name, value, unit, format }: ChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const units = useUi((ui) => ui.settings.units)
  const { noisiest, edges } = useMemo(
    () =>
      bandsOf(
        new Map(look.vms.map(({ id }) => [id, trailOf(id)?.[rate]] as const).filter(isKnown)),
        wholeTrail()[rate].slice(),
      ),
    [look, rate],
  )
  useEffect(() => {
    const topOf = (most: number) => roundUp(most, rate, units)
    const draw = () => {
      if (canvas.current) drawBands(canvas.current, edges, { format, topOf, times: ['15 min ago', '10', '5'] })
    }
    draw()
    const observer = new ResizeObserver(draw)
    if (canvas.current) observer.observe(canvas.current)
    const stop = onColorsChange(draw)
    return () => {
      observer.disconnect()
      stop()
    }
  }, [edges, format, rate, units])
  const loudest = look.vms.find(({ id }) => id === noisiest?.id)?.name ?? null
  const words = loudest === null ? '' : `; ${loudest} has ${percent(noisiest?.share ?? null)} now`
  return (
    <figure className={styles.chart}>
      <figcaption>
        <b className="num">{value}</b> {unit}
        {loudest !== null && (
          <span className={styles.noisiest} title="The VM that has most of it now">
            <i aria-hidden="true" />
            <span>{loudest}</span>
            <span className="num">{percent(noisiest?.share ?? null)}</span>
          </span>
        )}
      </figcaption>
      <canvas ref={canvas} role="img" aria-label={`${name} of the host over the last 15 minutes${words}`} />
    </figure>
  )
}

function isKnown(entry: readonly [string, Float32Array | undefined]): entry is readonly [string, Float32Array] {
  return entry[1] !== undefined
}
