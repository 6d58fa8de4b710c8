import type { RateAndBucket } from '#shared/frontier.ts'
import { shortBurstUnits } from '#shared/throttle/counting.ts'
import { type ByteUnits, formatInteger, GIB, KIB, parseDurationS, parseQuantity, splitBytes } from '#shared/units.ts'
import { useUi } from '../store/ui.ts'
import { FieldRow } from '../ui/FieldRow.tsx'
import { NumberField, type NumberText } from '../ui/NumberField.tsx'
import { Slider } from '../ui/Slider.tsx'
import { binaryStops, decimalStops, logScale, roundBinary, roundDecimal, type SliderScale } from '../ui/slider-scale.ts'
import styles from './ChoosePanel.module.css'

interface Props {
  readonly unit: 'iops' | 'bps'
  readonly proposed: RateAndBucket
  readonly onRate: (rate: number) => void
  /** 0: no burst. */
  readonly onBurst: (units: number) => void
  /** Whole seconds. */
  readonly onLength: (lengthS: number) => void
}

const IOPS = { min: 1, max: 1_000_000, stops: decimalStops(1, 1_000_000), largeEvery: 10, round: roundDecimal }
const BPS = {
  min: 4 * KIB,
  max: 16 * GIB,
  stops: binaryStops(4 * KIB, 16 * GIB),
  largeEvery: 8,
  round: roundBinary,
}
const SCALES = { iops: logScale(IOPS), bps: logScale(BPS) }
const BURST_SCALES = { iops: logScale({ ...IOPS, zero: 'start' }), bps: logScale({ ...BPS, zero: 'start' }) }

const LENGTH_SCALE = logScale({ min: 1, max: 3600, stops: decimalStops(1, 3600), largeEvery: 10, round: roundDecimal })

function parseLength(text: string): number | { readonly problem: string } {
  const seconds = parseDurationS(text)
  return typeof seconds === 'number' && seconds >= 1 ? Math.round(seconds) : { problem: 'use 10 s or 1m' }
}

function textOf(unit: 'iops' | 'bps', value: number, units: ByteUnits, per: string): NumberText {
  if (unit === 'iops') return { value: formatInteger(value), unit: per }
  const { value: number, unit: name } = splitBytes(value, units)
  return { value: number, unit: `${name}${per}` }
}

function parse(unit: 'iops' | 'bps', text: string): number | { readonly problem: string } {
  const value = parseQuantity(text, unit === 'bps' ? 'bytes' : 'count')
  if (value === null) return { problem: unit === 'bps' ? 'use 64 MiB, 100MB' : 'use a number such as 500 or 1.5k' }
  return value
}

interface RowProps {
  /** `Limit`; the slider is called `Proposed limit`, the field beside it `Proposed limit value`. */
  readonly label: string
  readonly value: number
  readonly scale: SliderScale
  readonly tone: 'read' | 'burst'
  readonly format: (value: number) => NumberText
  readonly parse: (text: string) => number | { readonly problem: string }
  readonly onChange: (value: number) => void
}

/** One number of the point, by slider and by keyboard. */
function PointRow({ label, value, scale, tone, format, parse, onChange }: RowProps) {
  const name = `Proposed ${label.toLowerCase()}`
  const { value: number, unit } = format(value)
  return (
    <FieldRow label={label}>
      <Slider
        label={name}
        value={value}
        scale={scale}
        valueText={`${number} ${unit}`.trim()}
        onChange={onChange}
        tone={tone}
      />
      <NumberField
        label={`${name} value`}
        value={value}
        format={format}
        parse={parse}
        step={(from, towards) => scale.step(from, towards, 'small')}
        onCommit={onChange}
      />
    </FieldRow>
  )
}

/** The proposed point as numbers. */
export function ProposedFields({ unit, proposed: { rate, bucket, lengthS = 1 }, onRate, onBurst, onLength }: Props) {
  const units = useUi((ui) => ui.settings.units)
  const burst = bucket <= shortBurstUnits(rate) ? 0 : bucket
  return (
    <div className={styles.fields}>
      <PointRow
        label="Limit"
        value={rate}
        scale={SCALES[unit]}
        tone="read"
        format={(value) => textOf(unit, value, units, '/s')}
        parse={(text) => parse(unit, text)}
        onChange={(value) => onRate(Math.max(1, value))}
      />
      <PointRow
        label="Burst"
        value={burst}
        scale={BURST_SCALES[unit]}
        tone="burst"
        format={(value) => (value === 0 ? { value: 'none', unit: '' } : textOf(unit, value, units, ''))}
        parse={(text) => (/^(none|off|0)$/i.test(text.trim()) ? 0 : parse(unit, text))}
        onChange={onBurst}
      />
      {burst > 0 && (
        <PointRow
          label="Burst length"
          value={lengthS}
          scale={LENGTH_SCALE}
          tone="burst"
          format={(value) => ({ value: formatInteger(value), unit: 's' })}
          parse={parseLength}
          onChange={onLength}
        />
      )}
    </div>
  )
}
