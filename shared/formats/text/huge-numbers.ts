// A number such as 9223372036854775807 (2^63−1, which stands for "no limit" in some files) is not exact in JavaScript. What
// Weir says of it shows it as its text does.

/** More different ones than any text has limits. */
const MAX_REMEMBERED = 10_000

/** Each whole number of `text` from 10^15 on: what JavaScript makes of it → its digits. */
export function hugeNumbers(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  for (const [digits] of text.matchAll(/\d{16,30}/g)) {
    if (found.size >= MAX_REMEMBERED) break
    found.set(Number(digits), digits)
  }
  return found
}
