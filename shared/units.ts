// Units, said once. `bps` is BYTES per second everywhere in Weir, as in QEMU. Times are ns unless the name says otherwise.

export const NS_PER_S = 1e9
export const NS_PER_MS = 1e6
export const NS_PER_US = 1e3
export const KIB = 1024
export const MIB = 1024 * 1024
export const GIB = 1024 * 1024 * 1024

/** Which multiples bandwidth is shown in: MiB (1024²) or MB (1000²). Read either way, always. */
export type ByteUnits = 'binary' | 'decimal'

const THIN_SPACE = '\u2009'

/** `1234567` → `1 234 567` with thin spaces. */
export function formatInteger(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE)
}

/** Three significant digits at most, no trailing zeros: 331, 61.4, 7.5, 0.25. */
export function formatShort(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return Math.round(value).toString()
  if (size < 0.005) return '0'
  if (size >= 10) return trimZeros(value.toFixed(1))
  return trimZeros(value.toFixed(2))
}

/** Requests per second: `334`, `1 000`, `61.4k`, `1.2M`. */
export function formatIops(value: number): string {
  if (value >= 999_500) return `${formatShort(value / 1e6)}M`
  if (value >= 9_999.5) return `${formatShort(value / 1e3)}k`
  if (value >= 100) return formatInteger(value)
  return formatShort(value)
}

const BYTE_NAMES: Readonly<Record<ByteUnits, { readonly step: number; readonly names: readonly string[] }>> = {
  binary: { step: 1024, names: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] },
  decimal: { step: 1000, names: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] },
}

/** Number and unit apart, so that a field can show them in two styles. */
export function splitBytes(
  bytes: number,
  units: ByteUnits = 'binary',
): { readonly value: string; readonly unit: string } {
  const { step, names } = BYTE_NAMES[units]
  let index = 0
  let value = bytes
  while (Math.abs(value) >= step * 0.9995 && index < names.length - 1) {
    value /= step
    index += 1
  }
  return { value: formatShort(value), unit: names[index] ?? 'B' }
}

/** `bytes` in the unit in which `model` is shown, so that the two can be compared at a glance. */
export function splitBytesLike(
  bytes: number,
  model: number,
  units: ByteUnits,
): { readonly value: string; readonly unit: string } {
  const { step, names } = BYTE_NAMES[units]
  const { unit } = splitBytes(model, units)
  return { value: formatShort(bytes / step ** names.indexOf(unit)), unit }
}

export function formatBytes(bytes: number, units: ByteUnits = 'binary'): string {
  const { value, unit } = splitBytes(bytes, units)
  return `${value} ${unit}`
}

export function formatBps(bps: number, units: ByteUnits = 'binary'): string {
  return `${formatBytes(bps, units)}/s`
}

/** `850 ns`, `41 ms`, `1.8 ms`, `2.5 s`, `13 min`. */
export function formatDurationNs(ns: number): string {
  if (ns < 999.5) return ns === 0 ? '0' : `${formatShort(ns)} ns`
  if (ns < 999.5e3) return `${formatShort(ns / 1e3)} µs`
  if (ns < 999.5e6) return `${formatShort(ns / 1e6)} ms`
  if (ns < 119.5e9) return `${formatShort(ns / 1e9)} s`
  if (ns < 7170e9) return `${formatShort(ns / 60e9)} min`
  return `${formatShort(ns / 3600e9)} h`
}

/** `01:42`, `1:02:03`: time on a clock, for a run. */
export function formatClock(ns: number): string {
  const total = Math.floor(ns / NS_PER_S)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(total / 3600)
  const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

const MULTIPLES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
  ti: 1024 ** 4,
}

/** Why a number that people typed is not taken, in words for people. */
export interface Unclear {
  readonly problem: string
}

/** What people type for a rate or size: `1.5k`, `64 MiB/s`, `100MB`, `1 000`, `unlimited`, `0`. A whole number; null if it
    is none of these, `Unclear` if it may be read in two ways or is not whole. */
export function parseQuantity(text: string, kind: 'count' | 'bytes'): number | Unclear | null {
  const squeezed = squeeze(text)
  if (['unlimited', 'none', 'off', '∞', '-', '–'].includes(squeezed)) return 0
  const match = /^([\d.,]+)(ki|mi|gi|ti|k|m|g|t)?(b|iops)?(\/s|ps)?$/.exec(squeezed)
  if (!match?.[1]) return null
  if (match[3] === 'b' && kind === 'count') return null
  if (match[3] === 'iops' && kind === 'bytes') return null
  const [number, multiple] = [match[1], match[2] ?? '']
  // Without a multiple no part of a whole number is left for a point to stand before: `1.000` was meant as a thousand.
  const amount = multiple === '' && isGrouped(number, '.') ? twoReadings(number, '.') : parseNumber(number)
  if (typeof amount !== 'number') return amount
  const value = amount * (MULTIPLES[multiple] ?? Number.NaN)
  const whole = Math.round(value)
  // 1.3 MiB is not whole bytes either, and rounding it changes nothing that anybody meant.
  const isWhole = multiple === '' ? whole === value : Math.abs(whole - value) <= value / 1000
  return isWhole ? whole : { problem: notWhole(value, kind) }
}

/** `10s`, `500ms`, `1.5m`, `1h`, `90` (seconds) → seconds; null if it is none of these. */
export function parseDurationS(text: string): number | Unclear | null {
  const match = /^([\d.,]+)(ms|s|min|m|h|d)?$/.exec(squeeze(text))
  if (!match?.[1]) return null
  const scale = { ms: 1e-3, s: 1, min: 60, m: 60, h: 3600, d: 86_400 }[match[2] ?? 's']
  const amount = parseNumber(match[1])
  return scale === undefined || typeof amount !== 'number' ? amount : amount * scale
}

/** A plain decimal number with a point or a comma, digits grouped by spaces if at all: `2.5`, `12,5`, `1 000`. */
export function parseNumber(text: string): number | Unclear | null {
  const squeezed = squeeze(text)
  if (isGrouped(squeezed, ',')) return twoReadings(squeezed, ',')
  return /^\d+([.,]\d+)?$|^[.,]\d+$/.test(squeezed) ? Number(squeezed.replace(',', '.')) : null
}

function squeeze(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[\s\u2009\u202f\u00a0_']/g, '')
}

/** `1,000`, and `0,250` not: nobody begins a thousand with 0. */
function isGrouped(number: string, separator: ',' | '.'): boolean {
  const parts = number.split(separator)
  return parts.length === 2 && /^[1-9]\d{0,2}$/.test(parts[0] ?? '') && /^\d{3}$/.test(parts[1] ?? '')
}

function twoReadings(number: string, separator: ',' | '.'): Unclear {
  const thousands = number.replace(separator, '')
  return { problem: `“${number}” can be read in two ways: type ${thousands} or ${Number(number.replace(',', '.'))}` }
}

function notWhole(value: number, kind: 'count' | 'bytes'): string {
  const [below, above] = [Math.floor(value), Math.ceil(value)]
  const near = below === 0 ? `${above}` : `${below} or ${above}`
  return `${formatExact(value)} is not a whole number${kind === 'bytes' ? ' of bytes' : ''}: use ${near}`
}

/** As typed, without the noise of binary fractions. */
function formatExact(value: number): string {
  return String(Number(value.toPrecision(12)))
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
