import { useMemo, useState } from 'react'
import { limitOf } from '#shared/throttle/limits.ts'
import { formatBps, formatIops } from '#shared/units.ts'
import type { PredictRun } from '../store/predict.ts'
import { useUi } from '../store/ui.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Select } from '../ui/Select.tsx'
import { CurveChart } from './CurveChart.tsx'
import styles from './CurvePanel.module.css'
import { type CurveName, curveOf } from './predict-model.ts'

const CURVES = [
  { value: 'iops', label: 'IOPS' },
  { value: 'bps', label: 'Bandwidth' },
  { value: 'fill', label: 'Bucket' },
] as const

interface Props {
  readonly run: PredictRun
  readonly against: PredictRun | null
}

/** One figure of a group over the whole run, and under it, dashed, what it was in the other run. */
export function CurvePanel({ run, against }: Props) {
  const selected = useUi((ui) => ui.selectedGroup)
  const units = useUi((ui) => ui.settings.units)
  const names = Object.keys(run.workspace.groups)
  const [chosen, setChosen] = useState<string | null>(null)
  const [curve, setCurve] = useState<CurveName>('iops')
  const group = [chosen, selected, names[0]].find((name) => name != null && names.includes(name)) ?? null
  const points = useMemo(
    () => (group === null ? [] : curveOf(group, curve, run.snapshots, against?.snapshots ?? [])),
    [group, curve, run.snapshots, against],
  )
  if (group === null) return <EmptyState title="No group to draw">Its curve over the run appears here.</EmptyState>
  const isCounted = curve === 'iops' && limitOf(run.workspace.groups[group] ?? {}, 'iops-size') !== 0
  const format = (value: number) => {
    if (curve === 'fill') return `${Math.round(value * 100)} %`
    return curve === 'bps' ? formatBps(value, units) : formatIops(value)
  }
  return (
    <section className={styles.panel} aria-label="Curve over the run">
      <div className={styles.head}>
        <Select
          label="Curve of group"
          value={group}
          options={names.map((name) => ({ value: name, label: name }))}
          onChange={setChosen}
          size="s"
        />
        <Segmented label="Curve of" value={curve} segments={CURVES} onChange={setCurve} size="s" />
        <span className={styles.legend}>
          <i data-line="now" /> this run{isCounted && ', counted by IOPS size'}
          {against && (
            <>
              <i data-line="before" /> compared
            </>
          )}
          {curve !== 'fill' && (
            <>
              <i data-line="limit" /> limit
            </>
          )}
        </span>
      </div>
      <CurveChart points={points} format={format} />
    </section>
  )
}
