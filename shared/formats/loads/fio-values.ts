// Values of fio's job files. With fio's default kb_base=1024, `k` is 1024 and `ki` 1000, the opposite of what they say;
// kb_base=1000 turns that round.

const POWERS = { k: 1, m: 2, g: 3, t: 4, p: 5 } as const

/** `4k`, `1m`, `64KiB`, `0x1000`; null: no plain number (percentages, expressions, variables). */
export function parseFioNumber(text: string, kbBase: 1000 | 1024): number | null {
  if (/^0x[0-9a-f]+$/i.test(text)) return Number(text)
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i)?)?(?:b(?:\/s)?)?$/i.exec(text.trim())
  if (!match?.[1]) return null
  const power = match[2] === undefined ? 0 : POWERS[match[2].toLowerCase() as keyof typeof POWERS] // the pattern allows no other
  const opposite = kbBase === 1024 ? 1000 : 1024
  return Math.round(Number(match[1]) * (match[3] === undefined ? kbBase : opposite) ** power)
}

const SECONDS = { d: 86_400, h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, usec: 1e-6 } as const

/** A time in seconds; bare numbers are seconds, or microseconds where fio says so. */
export function parseFioTimeS(text: string, bare: 's' | 'us'): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(d|h|m|s|ms|us|usec)?$/i.exec(text.trim())
  if (!match?.[1]) return null
  const unit = match[2] === undefined ? bare : (match[2].toLowerCase() as keyof typeof SECONDS) // the pattern allows no other
  return Number(match[1]) * SECONDS[unit]
}

export interface FioShare {
  readonly bytes: number
  readonly weight: number
}

/** `4k/10:64k/50:32k/` → sizes with weights; those without share what is left of 100. Null: not of that form. */
export function parseFioSplit(text: string, kbBase: 1000 | 1024): readonly FioShare[] | null {
  const parts = text.split(':').map((part) => part.split('/'))
  const shares = parts.map(([size = '', percent]) => ({
    bytes: parseFioNumber(size, kbBase),
    weight: percent === undefined || percent === '' ? null : Number(percent),
  }))
  const given = shares.reduce((sum, share) => sum + (share.weight ?? 0), 0)
  const open = shares.filter((share) => share.weight === null).length
  const rest = open === 0 ? 0 : Math.max(0, 100 - given) / open
  const done = shares.flatMap(({ bytes, weight }) =>
    bytes === null || Number.isNaN(weight) ? [] : [{ bytes, weight: weight ?? rest }],
  )
  return done.length === shares.length ? done.filter((share) => share.weight > 0) : null
}

/** `read,write,trim` values, as fio takes them: one alone is for all; of several an empty one is as if nothing were said. */
export function perDirection(text: string): { readonly read: string | null; readonly write: string | null } {
  const [read = '', write] = text.split(',').map((part) => part.trim())
  const said = (part: string) => (part === '' ? null : part)
  return { read: said(read), write: said(write ?? read) }
}
