import { isObject, type JsonObject } from '../text/json-stream.ts'

// QEMU's option strings, `throttle,node-name=t0,file.driver=null-co`: commas are doubled inside values, a first word
// without `=` belongs to the implied key, dots nest. -object, -blockdev and -device take JSON instead.

/** A value as it must stand in an option string. */
export function escapeOption(value: string): string {
  return value.replaceAll(',', ',,')
}

/** Keys and values in order; a later key of the same name wins, as in QEMU. */
export function parseOptionString(text: string, impliedKey: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  for (const [index, part] of splitCommas(text).entries()) {
    const equals = part.indexOf('=')
    if (equals >= 0) options.set(part.slice(0, equals), part.slice(equals + 1))
    else if (index === 0 && impliedKey !== '') options.set(impliedKey, part)
    else if (part !== '') options.set(part, 'on')
  }
  return options
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
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** A number as QEMU reads it in an option string: decimal or 0x…; null: neither. No suffixes. */
export function parseOptionNumber(text: string): number | null {
  return /^(\d+|0[xX][0-9a-fA-F]+)$/.test(text) ? Number(text) : null
}
