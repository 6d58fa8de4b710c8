/** What a cell of a trace holds: spreadsheets put quotes around texts. */
export function traceCell(text: string): string {
  const trimmed = text.trim()
  return /^"[^"]*"$/.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed
}

/** NaN: it is none. */
export function traceNumber(text: string): number {
  return /^(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : Number.NaN
}
