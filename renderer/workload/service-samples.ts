const MAX_SAMPLES = 100_000
const MAX_US = 60_000_000

/** `80, 95 120`: times in microseconds; null if any is none. */
export function parseSamples(text: string): readonly number[] | null {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '')
  const times = words.map(Number)
  const isFine = times.every((time) => Number.isFinite(time) && time >= 0 && time <= MAX_US)
  return isFine && times.length > 0 && times.length <= MAX_SAMPLES ? times : null
}
