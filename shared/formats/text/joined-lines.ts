/** The lines of a text, joined where a backslash at the end goes on, each with the number of its first. */
export function joinedLines(text: string): readonly { readonly text: string; readonly line: number }[] {
  const joined: { text: string; line: number }[] = []
  let begun: { text: string; line: number } | null = null
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const now: { text: string; line: number } = begun ?? { text: '', line: index + 1 }
    const goesOn = raw.endsWith('\\')
    now.text += goesOn ? `${raw.slice(0, -1)} ` : raw
    begun = goesOn ? now : null
    if (!goesOn) joined.push(now)
  }
  if (begun !== null) joined.push(begun)
  return joined
}
