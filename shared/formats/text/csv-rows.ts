import { failed, ok, type Result } from '#shared/issue.ts'

// CSV as RFC 4180 has it; cells may be parted by semicolons or tabs.

const MAX_ROWS = 20_000

export function formatCsvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** A spreadsheet takes a cell that begins so for a formula, and runs it; also behind `'` ones of our own making. */
const FORMULA = /^'*[=+\-@\t\r]/

/** A cell as it must stand in a file: text that looks like a formula gets a `'` in front, which `plainCell` takes off. */
export function csvCell(text: string): string {
  const guarded = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

/** The text of a cell that `csvCell` wrote. */
export function plainCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell
}

/** Of spreadsheets: `;` where the comma is the decimal one, a tab where cells were copied. */
export type CsvSeparator = ',' | ';' | '\t'

const CELL: Readonly<Record<CsvSeparator, RegExp>> = {
  ',': cellPattern(','),
  ';': cellPattern(';'),
  '\t': cellPattern('\t'),
}

/** A cell: quoted (its quotes doubled), or plain up to the next separator; then the separator, or the end. */
function cellPattern(separator: CsvSeparator): RegExp {
  return new RegExp(`(?:"([^"]*(?:""[^"]*)*)"|([^"\\r\\n${separator}]*))(${separator}|\\r\\n|\\n|\\r|$)`, 'gy')
}

/** The one that the heading has most of. */
export function separatorOf(heading: string): CsvSeparator {
  const count = (each: CsvSeparator) => heading.split(each).length
  return ([',', ';', '\t'] as const).reduce((best, each) => (count(each) > count(best) ? each : best))
}

export function parseCsv(text: string, separator: CsvSeparator): Result<readonly (readonly string[])[]> {
  const rows: string[][] = []
  let row: string[] = []
  const pattern = new RegExp(CELL[separator])
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex
    const found = pattern.exec(text)
    if (!found) {
      const line = text.slice(0, at).split('\n').length
      return failed([
        { path: `line ${line}`, code: 'bad-csv', message: 'a quote stands where none can be, or is not closed' },
      ])
    }
    row.push(found[1] === undefined ? (found[2] ?? '') : found[1].replaceAll('""', '"'))
    if (found[3] === separator) continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
    if (rows.length > MAX_ROWS) {
      return failed([
        {
          path: `line ${rows.length}`,
          code: 'too-many',
          message: `this has more than ${MAX_ROWS} rows; no workspace is that large`,
        },
      ])
    }
  }
  if (row.length > 0) rows.push([...row, ''])
  return ok(rows)
}
