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

/** Number and unit apart, so that a field can show them in two styles. */
export function splitBytes(
  bytes: number,
  units: ByteUnits = 'binary',
): { readonly value: string; readonly unit: string } {
  const step = units === 'binary' ? 1024 : 1000
  const names = units === 'binary' ? ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] : ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let index = 0
  let value = bytes
  while (Math.abs(value) >= step * 0.9995 && index < names.length - 1) {
    value /= step
    index += 1
  }
  return { value: formatShort(value), unit: names[index] ?? 'B' }
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
  if (ns < 1e3) return ns === 0 ? '0' : `${formatShort(ns)} ns`
  if (ns < 999.5e3) return `${formatShort(ns / 1e3)} µs`
  if (ns < 999.5e6) return `${formatShort(ns / 1e6)} ms`
  if (ns < 120e9) return `${formatShort(ns / 1e9)} s`
  if (ns < 7200e9) return `${formatShort(ns / 60e9)} min`
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

/** What people type for a rate or size: `1.5k`, `64 MiB/s`, `100MB`, `1 000`, `unlimited`, `0`. Null if it is none of these. */
export function parseQuantity(text: string, kind: 'count' | 'bytes'): number | null {
  const squeezed = text
    .trim()
    .toLowerCase()
    .replace(/[\s\u2009\u202f_']/g, '')
  if (['unlimited', 'none', 'off', '∞', '-', '–'].includes(squeezed)) return 0
  const match = /^(\d+(?:[.,]\d+)?)(ki|mi|gi|ti|k|m|g|t)?(b|iops)?(\/s|ps)?$/.exec(squeezed)
  if (!match?.[1]) return null
  if (match[3] === 'b' && kind === 'count') return null
  if (match[3] === 'iops' && kind === 'bytes') return null
  const value = Number(match[1].replace(',', '.')) * (MULTIPLES[match[2] ?? ''] ?? Number.NaN)
  return Number.isFinite(value) ? Math.round(value) : null
}

/** `10s`, `500ms`, `1.5m`, `1h`, `90` (seconds) → seconds; null if it is none of these. */
export function parseDurationS(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?$/.exec(text.trim().toLowerCase())
  if (!match?.[1]) return null
  const scale = { ms: 1e-3, s: 1, min: 60, m: 60, h: 3600, d: 86_400 }[match[2] ?? 's']
  return scale === undefined ? null : Number(match[1]) * scale
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
