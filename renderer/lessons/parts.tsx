import { type ComponentType, type ReactNode, useCallback } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { type Bucket, isLengthKey, type LimitKey, limitOf } from '#shared/throttle/limits.ts'
import { type ByteUnits, formatBps, formatDurationNs, formatIops, GIB, KIB } from '#shared/units.ts'
import { setLimit } from '#shared/workspace/edits.ts'
import { useLessons } from '../store/lessons.ts'
import { deviceRates, useSnapshot } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { beginGesture, cancelGesture, edit, endGesture, useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { Slider } from '../ui/Slider.tsx'
import { binaryStops, decimalStops, logScale, roundBinary, roundDecimal, type SliderScale } from '../ui/slider-scale.ts'
import styles from './LessonPane.module.css'

// What the sentences of a lesson are made of: figures that are measured while one reads, sliders and buttons that act.

/** What a step says while it is to be done, and what it came to. */
export interface StepWords {
  readonly Say: ComponentType
  readonly After?: ComponentType
}

type Figure = 'iops' | 'bps' | 'wait'

function figureText(figure: Figure, value: number | null, units: ByteUnits): string {
  if (value === null) return '–'
  if (figure === 'iops') return `${formatIops(value)} IOPS`
  return figure === 'bps' ? formatBps(value, units) : formatDurationNs(value)
}

function measured(snapshot: Snapshot | null, id: string, figure: Figure): number | null {
  const device = snapshot?.devices[id]
  if (device === undefined) return null
  if (figure === 'wait') {
    const waits = [device.read.waitP99Ns, device.write.waitP99Ns].filter((wait) => wait !== null)
    return waits.length === 0 ? null : Math.max(...waits)
  }
  const rates = deviceRates(id)
  return rates === null ? null : rates.read.rates[figure] + rates.write.rates[figure]
}

interface FigureProps {
  readonly device: string
  readonly figure: Figure
}

/** As it is measured now. */
export function Live({ device, figure }: FigureProps) {
  const units = useUi((ui) => ui.settings.units)
  const select = useCallback(
    (snapshot: Snapshot | null) => figureText(figure, measured(snapshot, device, figure), units),
    [device, figure, units],
  )
  return <b className={styles.figure}>{useSnapshot(select)}</b>
}

/** As it was measured when the step before was done. */
export function Was({ device, figure }: FigureProps) {
  const units = useUi((ui) => ui.settings.units)
  const before = useLessons((state) => state.before[device])
  const value = before === undefined ? null : figure === 'wait' ? before.waitP99Ns : before[figure]
  return <span className={styles.was}>{figureText(figure, value, units)}</span>
}

/** How much of a group's burst is used, in percent. */
export function BurstUsed({ group, bucket }: { readonly group: string; readonly bucket: Bucket }) {
  const select = useCallback(
    (snapshot: Snapshot | null) => {
      const used = snapshot?.groups[group]?.buckets[bucket]
      return used === undefined ? '–' : `${Math.min(100, Math.round((100 * used.level) / used.size))} %`
    },
    [group, bucket],
  )
  return <b className={styles.figure}>{useSnapshot(select)}</b>
}

/** Mean wait of a device's requests at one level of its chain. */
export function WaitAt({ device, group }: { readonly device: string; readonly group: string }) {
  const select = useCallback(
    (snapshot: Snapshot | null) => {
      const levels = snapshot?.devices[device]?.levels
      return formatDurationNs(levels?.find((level) => level.group === group)?.waitMeanNs ?? 0)
    },
    [device, group],
  )
  return <b className={styles.figure}>{useSnapshot(select)}</b>
}

export function Act({ onPress, children }: { readonly onPress: () => void; readonly children: ReactNode }) {
  return (
    <p className={styles.act}>
      <Button size="s" variant="primary" onClick={onPress}>
        {children}
      </Button>
    </p>
  )
}

const SCALES: Readonly<Record<'iops' | 'bps' | 'length', SliderScale>> = {
  iops: logScale({ min: 10, max: 10_000, stops: decimalStops(10, 10_000), largeEvery: 10, round: roundDecimal }),
  bps: logScale({
    min: 64 * KIB,
    max: GIB,
    stops: [...binaryStops(64 * KIB, GIB), 20 * 1024 * KIB].sort((a, b) => a - b),
    largeEvery: 8,
    round: roundBinary,
  }),
  length: logScale({
    min: 1,
    max: 60,
    stops: [1, 2, 3, 5, 10, 15, 20, 30, 45, 60],
    largeEvery: 3,
    round: Math.round,
  }),
}
const BURST_SCALE = logScale({
  min: 10,
  max: 10_000,
  zero: 'start',
  stops: decimalStops(10, 10_000),
  largeEvery: 10,
  round: roundDecimal,
})

interface LimitSliderProps {
  readonly group: string
  readonly limit: LimitKey
  /** Its accessible name: `Bandwidth limit of bulk`. */
  readonly label: string
}

/** A limit of the board, in the middle of a sentence. One drag is one step for Undo. */
export function LimitSlider({ group, limit, label }: LimitSliderProps) {
  const units = useUi((ui) => ui.settings.units)
  const value = useWorkspace((state) => limitOf(state.workspace.groups[group] ?? {}, limit))
  const text = valueText(limit, value, units)
  return (
    <span className={styles.slider}>
      <Slider
        label={label}
        value={value}
        scale={scaleOf(limit)}
        valueText={text}
        tone={limit.includes('-max') ? 'burst' : 'plain'}
        onChange={(next) => edit(label, (workspace) => setLimit(workspace, group, limit, next))}
        onGesture={(phase) => {
          if (phase === 'begin') beginGesture(label)
          else if (phase === 'end') endGesture()
          else cancelGesture()
        }}
      />
      <output className={styles.value}>{text}</output>
    </span>
  )
}

function scaleOf(limit: LimitKey): SliderScale {
  if (isLengthKey(limit)) return SCALES.length
  if (limit.endsWith('-max')) return BURST_SCALE
  return limit.startsWith('bps') ? SCALES.bps : SCALES.iops
}

function valueText(limit: LimitKey, value: number, units: ByteUnits): string {
  if (isLengthKey(limit)) return `${value} s`
  if (value === 0) return limit.endsWith('-max') ? 'none' : 'unlimited'
  return limit.startsWith('bps') ? formatBps(value, units) : `${formatIops(value)} IOPS`
}
