import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { overrideText } from '../set-limits.ts'
import { expandFioValue } from './fio-variables.ts'

// A fio job file as sections: INI, where [global] sets the defaults of the jobs after it. `#` and `;` begin a comment
// wherever they stand, as fio 3.33 was seen to cut its lines. A file that is included holds options of its section alone.

export interface FioJob {
  readonly name: string
  readonly line: number
  /** Own options over the global ones; later lines win. An option without `=` is 1. */
  readonly options: ReadonlyMap<string, string>
}

/** What is round about the text, and who hears of it. */
export interface FioSurroundings {
  readonly variables: Readonly<Record<string, string>> | undefined
  /** The text of a file that is included; null: there is none. undefined: nobody can look. */
  readonly readInclude: ((name: string) => string | null) | undefined
  /** What is missing: place, sentence. */
  readonly lose: (path: string, message: string) => void
  readonly note: (message: string) => void
}

const MAX_JOBS = 4096
const MAX_INCLUDES = 64

/** Other names of the same option. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['readwrite', 'rw'],
  ['blocksize', 'bs'],
  ['blocksize_range', 'bsrange'],
  ['wait_for_previous', 'stonewall'],
])

interface Reading {
  readonly jobs: { name: string; line: number; options: Map<string, string> }[]
  readonly issues: Issue[]
  readonly around: FioSurroundings
  global: Map<string, string>
  current: Map<string, string> | null
  /** What the section began with; it may set that again. */
  inherited: ReadonlyMap<string, string>
  includes: number
}

export function parseFioSections(text: string, around: FioSurroundings): Result<readonly FioJob[]> {
  const reading: Reading = {
    jobs: [],
    issues: [],
    around,
    global: new Map(),
    current: null,
    inherited: new Map(),
    includes: 0,
  }
  const { jobs, issues } = reading
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = withoutComment(raw)
    if (line !== '') readLine(reading, line, index + 1)
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

function withoutComment(line: string): string {
  const end = line.search(/[#;]/)
  return (end < 0 ? line : line.slice(0, end)).trim()
}

function readLine(reading: Reading, line: string, number: number): void {
  const { jobs, issues, current } = reading
  const heading = /^\[(.*)\]$/.exec(line)
  if (heading) {
    startSection(reading, heading[1] ?? '', number)
  } else if (current === null) {
    issues.push({
      path: `line ${number}`,
      code: 'not-a-job-file',
      message: `${JSON.stringify(line.slice(0, 80))} comes before any [section]; a fio job file begins with one`,
    })
  } else if (/^include\s+/.test(line)) {
    include(reading, current, line.replace(/^include\s+/, ''), `line ${number}`)
  } else {
    const where = current === reading.global ? '' : ` (${jobs.at(-1)?.name})`
    setFioOption(current, line, reading.around, { path: `line ${number}`, where, inherited: reading.inherited })
  }
}

function startSection(reading: Reading, name: string, line: number): void {
  reading.inherited = reading.global
  if (name === 'global') {
    reading.global = new Map(reading.global)
    reading.current = reading.global
    return
  }
  const options = new Map(reading.global)
  reading.jobs.push({ name: name === '' ? `job${reading.jobs.length}` : name, line, options })
  reading.current = options
}

function include(reading: Reading, options: Map<string, string>, name: string, path: string): void {
  const { around } = reading
  reading.includes += 1
  const text = reading.includes > MAX_INCLUDES ? null : (around.readInclude?.(name) ?? null)
  if (text === null) {
    const why =
      around.readInclude === undefined
        ? 'is another file, which is not in this text'
        : 'cannot be read beside this file'
    around.lose(path, `${JSON.stringify(name)} ${why}; its options are missing`)
    return
  }
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = withoutComment(raw)
    const place = `${path}, ${name} line ${index + 1}`
    if (line.startsWith('[')) {
      around.lose(place, 'fio takes no new sections in an included file; the rest of it is left out')
      return
    }
    if (/^include\s+/.test(line)) include(reading, options, line.replace(/^include\s+/, ''), place)
    else if (line !== '') setFioOption(options, line, around, { path: place, where: '', inherited: reading.inherited })
  }
}

interface FioPlace {
  readonly path: string
  readonly where: string
  readonly inherited: ReadonlyMap<string, string>
}

/** `key=value` into `options`; an option of which a variable is missing says nothing. */
export function setFioOption(
  options: Map<string, string>,
  line: string,
  around: FioSurroundings,
  { path, where, inherited }: FioPlace,
): void {
  const equals = line.indexOf('=')
  const key = (equals < 0 ? line : line.slice(0, equals)).trim().toLowerCase()
  const name = ALIASES.get(key) ?? key
  const text = equals < 0 ? '1' : line.slice(equals + 1).trim()
  const value = expandFioValue(text, {
    variables: around.variables,
    report: (variable, found) => {
      const shown = variable.startsWith('$') ? variable : `\${${variable}}`
      if (found !== null) around.note(`${shown} is ${JSON.stringify(found)} here.`)
      else around.lose(`${path}${where}`, `${name}=${text}: ${shown} is not known here; the option is left out`)
    },
  })
  if (value === null) return
  const before = options.get(name)
  if (before !== undefined && before !== inherited.get(name) && before !== value) {
    around.lose(`${path}${where}`, overrideText({ what: name, from: before, to: value }))
  }
  options.set(name, value)
}
