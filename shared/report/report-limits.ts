import { BUCKETS, type LimitKey, type Limits, lengthKey, limitOf, maxKey } from '../throttle/limits.ts'
import { escaped } from './html.ts'
import type { ReportRun } from './report-run.ts'

// The appendix: every limit of every group under QEMU's name, those that nobody set, too. Who reads the page in a month
// has no other place to look.

/** Tables, one for each group of either run; '' where there is none. */
export function limitTables(before: ReportRun, after: ReportRun): string {
  const [was, is] = [limitsOf(before), limitsOf(after)]
  const names = [...new Set([...Object.keys(is), ...Object.keys(was)])]
  return names.map((name) => limitTable(name, ownOf(was, name), ownOf(is, name))).join('')
}

/** As they were given; of an older result, as they were at its end. */
function limitsOf({ workspace, result }: ReportRun): Readonly<Record<string, Limits>> {
  if (workspace !== null) return workspace.groups
  return Object.fromEntries(Object.entries(result.groups).map(([name, { limits }]) => [name, limits]))
}

function ownOf(limits: Readonly<Record<string, Limits>>, name: string): Limits | null {
  return Object.hasOwn(limits, name) ? (limits[name] ?? null) : null
}

function limitTable(name: string, was: Limits | null, is: Limits | null): string {
  const cell = (key: LimitKey) => {
    const [before, after] = [was === null ? '–' : limitOf(was, key), is === null ? '–' : limitOf(is, key)]
    return before === after ? `<td>${after}</td>` : `<td><s>${before}</s> <b>${after}</b></td>`
  }
  const rows = BUCKETS.map((bucket) => {
    const keys = [bucket, maxKey(bucket), lengthKey(bucket)] as const
    return `<tr><th scope="row">${bucket}</th>${keys.map(cell).join('')}</tr>`
  })
  const head = ['-max', '-max-length'].map((ending) => `<th scope="col">${ending}</th>`).join('')
  const size = `<tr><th scope="row">iops-size</th>${cell('iops-size')}<td></td><td></td></tr>`
  return `<table class="limits"><caption>${escaped(name)}</caption><thead><tr><td></td><td></td>${head}</tr></thead><tbody>${rows.join('')}${size}</tbody></table>`
}
