import {
  type ByteUnits,
  formatInteger,
  formatShort,
  parseDurationS,
  parseNumber,
  parseQuantity,
  splitBytes,
} from '#shared/units.ts'
import type { NumberText } from '../ui/NumberField.tsx'

// What the fields of loads and disks show and read. Bounds are those of the workspace file's schema.

export type Parsed = number | { readonly problem: string }

export interface FieldText {
  readonly format: (value: number) => NumberText
  readonly parse: (text: string) => Parsed
}

interface Bounds {
  readonly min: number
  readonly max: number
}

export function bytesText({ min, max }: Bounds, units: ByteUnits): FieldText {
  const format = (value: number) => splitBytes(value, units)
  const said = (value: number) => Object.values(splitBytes(value, units)).join(' ')
  return {
    format,
    parse: (text) => {
      const value = parseQuantity(text, 'bytes')
      if (value === null) return { problem: `“${text.trim()}” is not a size: use 4 KiB, 1 MB` }
      if (typeof value !== 'number') return value
      return within(value, { min, max }, said)
    },
  }
}

/** `zero`: the word for 0, where 0 is allowed. */
export function countText({ min, max }: Bounds, unit: string, zero?: string): FieldText {
  return {
    format: (value) =>
      value === 0 && zero !== undefined
        ? { value: zero, unit: '' }
        : { value: Number.isInteger(value) ? formatInteger(value) : formatShort(value), unit },
    parse: (text) => {
      const bare = unit === '' ? text : text.trim().replace(new RegExp(`\\s*${literal(unit)}$`, 'i'), '')
      if (zero !== undefined && bare.trim().toLowerCase() === zero) return 0
      const value = parseQuantity(bare, 'count')
      if (value === null) return { problem: `“${text.trim()}” is not a number: use 16 or 1.5k` }
      if (typeof value !== 'number') return value
      return within(value, { min, max }, formatInteger)
    },
  }
}

/** `none`: the word for null, told apart as -1, since a number field holds numbers. */
export const NEVER = -1

export function secondsText({ min, max }: Bounds, none?: string): FieldText {
  return {
    format: (value) =>
      value === NEVER && none !== undefined ? { value: none, unit: '' } : { value: formatShort(value), unit: 's' },
    parse: (text) => {
      if (none !== undefined && ['', none, 'none', 'never'].includes(text.trim().toLowerCase())) return NEVER
      const value = parseDurationS(text)
      if (value === null) return { problem: `“${text.trim()}” is not a time: use 10 s, 500 ms or 2 min` }
      if (typeof value !== 'number') return value
      return within(value, { min, max }, (bound) => `${bound} s`)
    },
  }
}

export function percentText(): FieldText {
  return {
    format: (value) => ({ value: formatShort(value), unit: '%' }),
    parse: (text) => {
      const value = parseNumber(text.replace('%', ''))
      if (value === null) return { problem: `“${text.trim()}” is not a percentage: use 0 to 100` }
      if (typeof value !== 'number') return value
      return within(value, { min: 0, max: 100 }, (bound) => `${bound} %`)
    },
  }
}

/** Any decimal number: a weight, a speed, microseconds. */
export function decimalText({ min, max }: Bounds, unit: string): FieldText {
  return {
    format: (value) => ({ value: formatShort(value), unit }),
    parse: (text) => {
      const bare = text.trim().replace(new RegExp(`\\s*${literal(unit)}$`, 'i'), '')
      const value = parseNumber(bare)
      if (value === null) return { problem: `“${text.trim()}” is not a number: use 2.5` }
      if (typeof value !== 'number') return value
      return within(value, { min, max }, String)
    },
  }
}

function within(value: number, { min, max }: Bounds, said: (value: number) => string): Parsed {
  if (value < min) return { problem: `At least ${said(min)}` }
  return value > max ? { problem: `At most ${said(max)}` } : value
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
