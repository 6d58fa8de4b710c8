import { isLengthKey, type LimitKey } from '#shared/throttle/limits.ts'
import { type ByteUnits, formatInteger, KIB, MIB, parseDurationS, parseQuantity, splitBytes } from '#shared/units.ts'
import type { NumberText } from '../ui/NumberField.tsx'

// Limits as the text fields show and read them. `64` in a bandwidth field is 64 bytes a second, as everywhere in QEMU:
// the unit stands in the text, so what is typed over it is what counts.

/** The value and its unit; 0 is a word. */
export function limitText(key: LimitKey, value: number, units: ByteUnits): NumberText {
  if (isLengthKey(key)) return { value: formatInteger(value), unit: 's' }
  if (value === 0) return { value: zeroWord(key), unit: '' }
  if (key === 'iops-size') return splitBytes(value, units)
  if (key.startsWith('iops')) return { value: formatInteger(value), unit: '/s' }
  const { value: number, unit } = splitBytes(value, units)
  return { value: number, unit: `${unit}/s` }
}

/** For a slider's value text: `64 MiB/s`, `unlimited`. */
export function limitWordsOf(key: LimitKey, value: number, units: ByteUnits): string {
  const { value: number, unit } = limitText(key, value, units)
  return unit === '/s' ? `${number} per second` : [number, unit].join(' ').trim()
}

export function parseLimit(key: LimitKey, text: string): number | { readonly problem: string } {
  if (isLengthKey(key)) return parseLength(text)
  const isBytes = key === 'iops-size' || key.startsWith('bps')
  const value = ['none', 'off', 'unlimited'].includes(text.trim().toLowerCase())
    ? 0
    : parseQuantity(text, isBytes ? 'bytes' : 'count')
  if (value === null) return { problem: `${quoted(text)} is not ${wanted(key)}` }
  if (typeof value !== 'number') return value
  if (value > Number.MAX_SAFE_INTEGER)
    return { problem: `${quoted(text)} is more than any disk does: use less, or ${zeroWord(key)}` }
  return value
}

/** Less than one small request a second: nobody limits a disk to that, but many type a number and think of mebibytes. */
const IMPLAUSIBLE_BPS = 4 * KIB

/** The bandwidth that somebody meant who typed a number without its unit; null: what stands there is plausible. */
export function likelyMeant(key: LimitKey, value: number, units: ByteUnits): number | null {
  if (!key.startsWith('bps') || isLengthKey(key) || value === 0 || value >= IMPLAUSIBLE_BPS) return null
  return value * (units === 'binary' ? MIB : 1_000_000)
}

function parseLength(text: string): number | { readonly problem: string } {
  const seconds = parseDurationS(text)
  if (seconds === null) return { problem: `${quoted(text)} is not a time: use 10 s, 2 min or 1 h` }
  if (typeof seconds !== 'number') return seconds
  if (!Number.isInteger(seconds)) return { problem: `${seconds} s is not valid: use whole seconds` }
  return seconds
}

function quoted(text: string): string {
  return text.trim() === '' ? 'An empty field' : `“${text.trim()}”`
}

function wanted(key: LimitKey): string {
  if (key === 'iops-size') return 'a size: use 16 KiB, 1 MB or off'
  const none = zeroWord(key)
  return key.startsWith('bps') ? `a bandwidth: use 64 MiB/s, 100MB or ${none}` : `a rate: use 500, 1.5k or ${none}`
}

function zeroWord(key: LimitKey): string {
  if (key === 'iops-size') return 'off'
  return key.endsWith('-max') ? 'none' : 'unlimited'
}
