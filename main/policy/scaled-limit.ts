import { failed, ok, type Result } from '#shared/issue.ts'
import { isLengthKey, type LimitKey, MAX_RATE } from '#shared/throttle/limits.ts'
import { GIB, parseQuantity } from '#shared/units.ts'

// A limit as a policy says it: `500`, `64 MiB/s`, `3 per GiB, at least 100, at most 16 000`.

export interface ScaledLimit {
  /** Units per second; a length in seconds. */
  readonly fixed: number
  /** Added for each GiB of the disks. */
  readonly perGib: number
  readonly least: number
  readonly most: number
}

export function parseScaledLimit(key: LimitKey, value: string | number, path: string): Result<ScaledLimit> {
  const wrong = (why: string) =>
    failed([{ path, code: 'policy-limit', message: `${JSON.stringify(value)} is not valid: ${why}` }])
  const [first = '', ...bounds] = `${value}`.split(',').map((part) => part.trim())
  const scaled = /^(.+?) per GiB$/i.exec(first)
  if (scaled !== null && (isLengthKey(key) || key === 'iops-size'))
    return wrong('this does not grow with a disk; use a number')
  const amount = scaled === null ? quantity(key, first) : rate(key, scaled[1] ?? '')
  if (amount === null) return wrong(FORMS)
  if (scaled === null && bounds.length > 0) return wrong('at least and at most belong to a limit per GiB')
  let [least, most] = [0, MAX_RATE]
  for (const bound of bounds) {
    const match = /^at (least|most) (.+)$/i.exec(bound)
    const units = match === null ? null : quantity(key, match[2] ?? '')
    if (match === null || units === null) return wrong(FORMS)
    if (match[1]?.toLowerCase() === 'least') least = units
    else most = units
  }
  if (least > most) return wrong('at least is more than at most')
  return ok(scaled === null ? { fixed: amount, perGib: 0, least, most } : { fixed: 0, perGib: amount, least, most })
}

/** Whole units. null: it grows with a size that is not known. */
export function limitFor({ fixed, perGib, least, most }: ScaledLimit, sizeBytes: number | null): number | null {
  if (perGib === 0) return fixed
  return sizeBytes === null ? null : Math.round(Math.min(most, Math.max(least, (perGib * sizeBytes) / GIB)))
}

const FORMS = 'use a number, a bandwidth such as 64 MiB/s, or 3 per GiB, at least 100, at most 16000'

function quantity(key: LimitKey, text: string): number | null {
  const parsed = parseQuantity(text, key.startsWith('bps') || key === 'iops-size' ? 'bytes' : 'count')
  return typeof parsed === 'number' ? parsed : null
}

/** `0.5 per GiB` is no whole number of requests, and need not be. */
function rate(key: LimitKey, text: string): number | null {
  return /^\d+\.\d+$/.test(text) ? Number(text) : quantity(key, text)
}
