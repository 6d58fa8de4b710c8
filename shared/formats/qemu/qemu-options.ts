import { isObject, type JsonObject, withDoublesAsText } from '../text/json-stream.ts'

// QEMU's option strings, `throttle,node-name=t0,file.driver=null-co`: commas are doubled inside values, a first word
// without `=` belongs to the implied key, dots nest. -object, -blockdev and -device take JSON instead.

/** A value as it must stand in an option string. */
export function escapeOption(value: string): string {
  return value.replaceAll(',', ',,')
}

export type OptionPair = readonly [name: string, value: string]

/** Keys and values in order, as often as they stand there. */
export function parseOptionPairs(text: string, impliedKey: string): readonly OptionPair[] {
  return splitCommas(text).flatMap((part, index): readonly OptionPair[] => {
    const equals = part.indexOf('=')
    if (equals >= 0) return [[part.slice(0, equals), part.slice(equals + 1)]]
    if (index === 0 && impliedKey !== '') return [[impliedKey, part]]
    return part === '' ? [] : [[part, 'on']]
  })
}

/** A later key of the same name wins, as in QEMU. */
export function parseOptionString(text: string, impliedKey: string): ReadonlyMap<string, string> {
  return new Map(parseOptionPairs(text, impliedKey))
}

function splitCommas(text: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  for (const piece of text.split(/(,,|,)/)) {
    if (piece === ',') {
      parts.push(part)
      part = ''
    } else {
      part += piece === ',,' ? ',' : piece
    }
  }
  return [...parts, part]
}

/** `file.driver` → `{ file: { driver } }`. Keys of Object.prototype are own keys like any other here. */
export function nestOptions(options: ReadonlyMap<string, string>): JsonObject {
  const tree: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, value] of options) {
    const path = key.split('.').slice(0, 32)
    let at = tree
    for (const step of path.slice(0, -1)) {
      const next = at[step]
      const child = isObject(next)
        ? (next as Record<string, unknown>)
        : (Object.create(null) as Record<string, unknown>) // made here
      at[step] = child
      at = child
    }
    at[path[path.length - 1] ?? key] = value
  }
  return tree
}

/** JSON or an option string, as -object, -blockdev and -device have it; null: JSON that is none. */
export function parseOptionTree(text: string, impliedKey: string): JsonObject | null {
  if (!text.trimStart().startsWith('{')) return nestOptions(parseOptionString(text, impliedKey))
  try {
    const value: unknown = JSON.parse(withDoublesAsText(text))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/**
 * A number as QEMU 7.2 and 11.1 read it in an option string: decimal, 0… (octal) or 0x…, without suffix; null: they refuse
 * it, such as `1k`, `08` or `1e3`. (11.1 takes 0b11, which 7.2 refuses.)
 */
export function parseOptionNumber(text: string): number | null {
  const digits = /^\s*\+?(0[xX][0-9a-fA-F]+|\d+)$/.exec(text)?.[1]
  if (digits === undefined) return null
  if (!/^0\d/.test(digits)) return Number(digits)
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null
}
