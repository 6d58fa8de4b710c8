// Finding by a few letters, as editors do: all letters in their order, best where they begin words and stand together.

/** Higher is better; null: the letters are not in it. An empty query fits everything equally. */
export function matchScore(text: string, query: string): number | null {
  const letters = query.toLowerCase().replace(/\s+/g, '')
  const haystack = text.toLowerCase()
  let score = 0
  let from = 0
  let previous = -2
  for (const letter of letters) {
    const at = findLetter(haystack, letter, from, previous)
    if (at < 0) return null
    if (at === previous + 1) score += 3
    if (isWordStart(haystack, at)) score += 2
    score += 1
    previous = at
    from = at + 1
  }
  // Of two that fit alike, the shorter is meant.
  return score - haystack.length / 1000 - (haystack.startsWith(letters) ? -4 : 0)
}

/** The next occurrence; a word's start is preferred unless the letter goes on where the last one stood. */
function findLetter(haystack: string, letter: string, from: number, previous: number): number {
  const next = haystack.indexOf(letter, from)
  if (next < 0 || next === previous + 1) return next
  for (let at = next; at >= 0; at = haystack.indexOf(letter, at + 1)) if (isWordStart(haystack, at)) return at
  return next
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s\-_.:/]/.test(text[at - 1] ?? '')
}

/** The best `limit` of `items` for `query`, best first; equally good ones keep their order. */
export function rank<T>(items: readonly T[], query: string, textOf: (item: T) => string, limit: number): readonly T[] {
  return items
    .map((item, index) => ({ item, index, score: matchScore(textOf(item), query) }))
    .filter((entry) => entry.score !== null)
    .sort((a, b) => (query === '' ? 0 : (b.score ?? 0) - (a.score ?? 0)) || a.index - b.index)
    .slice(0, limit)
    .map((entry) => entry.item)
}
