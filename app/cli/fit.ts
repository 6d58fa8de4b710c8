// Tables that are drawn again and again must neither wrap nor scroll: what does not fit is left out whole, or bears a mark.

export interface Column {
  readonly name: string
  readonly width: number
}

/** `text` in so many characters; one that is longer ends in …. */
export function fitted(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`.slice(0, room)
}

/** The columns that stand in so many characters, in their order: those that `giveUp` names first go first. */
export function columnsThatFit<C extends Column>(
  columns: readonly C[],
  room: number,
  giveUp: readonly string[],
): readonly C[] {
  let left = columns
  for (const name of giveUp) {
    if (left.reduce((sum, { width }) => sum + width, 0) <= room) break
    left = left.filter((column) => column.name !== name)
  }
  return left
}

/** As many of the lines as a screen of `rows` has beside the cursor's; the last one tells how many more there are. */
export function linesThatFit(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length < rows) return lines
  const kept = lines.slice(0, Math.max(1, rows - 2))
  return [...kept, `… ${lines.length - kept.length} more`]
}
