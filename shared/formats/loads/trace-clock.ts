// Times of recordings as whole ns since the first one of the file. Absolute times (µs since 1970, 100 ns since 1601)
// have more digits than a number holds, so that the first is taken off before they become numbers.

export type ReadTime = (text: string) => number

/** `nsPerUnit`: of what the texts count; 1e9 for seconds. What is not a time gives NaN. */
export function traceClock(nsPerUnit: number): ReadTime {
  let origin: bigint | null = null
  return (text) => {
    const found = /^(\d{1,30})(?:\.(\d{0,20}))?$/.exec(text)
    if (!found) {
      if (!/^\d+(\.\d+)?[eE][-+]?\d{1,3}$/.test(text)) return Number.NaN
      origin ??= 0n
      return Math.round((Number(text) - Number(origin)) * nsPerUnit)
    }
    const [, whole = '', decimals = ''] = found
    const fractionNs = decimals === '' ? 0 : Math.round(Number(`0.${decimals}`) * nsPerUnit)
    origin ??= whole.length < EXACT_DIGITS ? 0n : BigInt(whole)
    const units = origin === 0n ? Number(whole) : Number(BigInt(whole) - origin)
    return Math.round(units * nsPerUnit) + fractionNs
  }
}

/** Of seconds, fewer digits than this are exact to the ns. */
const EXACT_DIGITS = 7
