import { useRef, useState } from 'react'
import type { LiveJob } from '#shared/block-job.ts'
import { formatBps, GIB, KIB, parseQuantity, splitBytes } from '#shared/units.ts'
import { useUi } from '../store/ui.ts'
import { NumberField } from '../ui/NumberField.tsx'
import { Slider } from '../ui/Slider.tsx'
import { binaryStops, logScale, powers, roundBinary } from '../ui/slider-scale.ts'
import styles from './JobCards.module.css'

const RANGE = { min: 64 * KIB, max: 16 * GIB }
const SCALE = logScale({
  ...RANGE,
  zero: 'end',
  stops: binaryStops(RANGE.min, RANGE.max),
  largeEvery: 8,
  round: roundBinary,
  ticks: powers(16, RANGE.min, RANGE.max),
})

interface Props {
  readonly job: LiveJob
  /** Whether its VM can be told. */
  readonly isReached: boolean
  /** Whether the speed chosen last is not in force yet. */
  readonly isPending: boolean
  /** 0: not held. */
  readonly onSpeed: (speedBps: number) => void
}

/** The speed a job is held to. */
export function JobSpeed({ job, isReached, isPending, onSpeed }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const [chosen, setChosen] = useState<number | null>(null)
  const now = job.speedBps ?? 0
  const shown = isPending ? (chosen ?? now) : now
  const [dragged, setDragged] = useState<number | null>(null)
  // The end of a gesture comes before what it changed last is drawn.
  const last = useRef<number | null>(null)
  const drag = (speed: number | null) => {
    last.current = speed
    setDragged(speed)
  }
  const choose = (speed: number) => {
    setChosen(speed)
    drag(null)
    onSpeed(speed)
  }
  const value = dragged ?? shown
  const words = value === 0 ? 'unlimited' : formatBps(value, units)
  return (
    <span className={styles.speed} data-staged={isPending || undefined}>
      <Slider
        label={`Speed of ${job.id}`}
        value={value}
        scale={SCALE}
        valueText={words}
        disabled={!isReached}
        onChange={drag}
        onGesture={(phase) => {
          if (phase === 'cancel') drag(null)
          if (phase === 'end' && last.current !== null) choose(last.current)
        }}
      />
      <NumberField
        label={`Speed of ${job.id} in figures`}
        value={value}
        width="m"
        disabled={!isReached}
        format={(speed) => {
          if (speed === 0) return { value: 'unlimited', unit: '' }
          const { value: number, unit } = splitBytes(speed, units)
          return { value: number, unit: `${unit}/s` }
        }}
        parse={(text) => {
          const speed = parseQuantity(text, 'bytes')
          if (speed === null) return { problem: 'use a speed such as 50 MiB/s, or unlimited' }
          return speed
        }}
        onCommit={choose}
      />
    </span>
  )
}
