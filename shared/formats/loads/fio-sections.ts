import { failed, type Issue, ok, type Result } from '#shared/issue.ts'

// A fio job file as sections: INI, where [global] sets the defaults of the jobs after it.

export interface FioJob {
  readonly name: string
  readonly line: number
  /** Own options over the global ones; later lines win. An option without `=` is 1. */
  readonly options: ReadonlyMap<string, string>
}

const MAX_JOBS = 4096

/** Other names of the same option. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['readwrite', 'rw'],
  ['blocksize', 'bs'],
  ['blocksize_range', 'bsrange'],
  ['wait_for_previous', 'stonewall'],
])

export function parseFioSections(text: string): Result<readonly FioJob[]> {
  const jobs: { name: string; line: number; options: Map<string, string> }[] = []
  const issues: Issue[] = []
  let global = new Map<string, string>()
  let current: Map<string, string> | null = null
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const heading = /^\[(.*)\]\s*(?:[#;].*)?$/.exec(line)
    if (heading) {
      const name = heading[1] ?? ''
      if (name === 'global') {
        global = new Map(global)
        current = global
        continue
      }
      const options = new Map(global)
      jobs.push({ name: name === '' ? `job${jobs.length}` : name, line: index + 1, options })
      current = options
    } else if (current === null) {
      issues.push({
        path: `line ${index + 1}`,
        code: 'not-a-job-file',
        message: `${JSON.stringify(line.slice(0, 80))} stands before any [section]; a fio job file begins with one`,
      })
    } else {
      const [key, value] = splitOption(line)
      current.set(ALIASES.get(key) ?? key, value)
    }
    if (issues.length > 0 || jobs.length > MAX_JOBS) break
  }
  if (jobs.length > MAX_JOBS)
    issues.push({ path: '', code: 'too-many', message: `this has more than ${MAX_JOBS} jobs` })
  if (issues.length === 0 && jobs.length === 0) {
    issues.push({
      path: '',
      code: 'nothing-found',
      message: 'there is no [job] in this; a fio job file has at least one',
    })
  }
  return issues.length > 0 ? failed(issues) : ok(jobs)
}

function splitOption(line: string): readonly [string, string] {
  const equals = line.indexOf('=')
  if (equals < 0) return [line.toLowerCase(), '1']
  return [line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim()]
}
