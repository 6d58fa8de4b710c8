import { failed, ok, type Result } from '#shared/issue.ts'
import { shellCommands } from '../text/shell-commands.ts'
import { type FioJob, type FioSurroundings, setFioOption } from './fio-sections.ts'

// `fio --ioengine=libaio --name=db --rw=randread --name=log --rw=write`: each --name begins a job, and what stands before
// the first is for all of them, as fio 3.33 was seen to take it.

/** Options that take no value in a word of its own. */
const FLAGS: ReadonlySet<string> = new Set([
  'stonewall',
  'wait_for_previous',
  'time_based',
  'group_reporting',
  'thread',
  'exitall',
  'norandommap',
  'minimal',
  'showcmd',
  'parse-only',
  'readonly',
  'warnings-fatal',
])

/** Of the program, not of the load. */
const PROGRAM_OPTIONS =
  /^(output.*|minimal|append-terse|terse-version|eta.*|debug|parse-only|showcmd|max-jobs|warnings-fatal|bandwidth-log|alloc-size|idle-prof|inflate-log|trigger.*|aux-path|readonly|xmlhelp|version|help|cmdhelp)$/

export function isFioCommandLine(text: string): boolean {
  return /(^|[\s/])fio\s[^\n[]*(\\\r?\n[^\n[]*)*--?(name|rw|readwrite|bs|ioengine)[=\s]/.test(text.slice(0, 16_384))
}

interface Job {
  readonly name: string
  readonly line: number
  readonly options: Map<string, string>
}

export function parseFioCommandLine(text: string, around: FioSurroundings): Result<readonly FioJob[]> {
  const words = wordsOfCommands(text)
  if (!words.ok) return words
  const jobs: Job[] = []
  let global = new Map<string, string>()
  let current: Map<string, string> | null = null
  const expanded = words.value
  for (let at = 0; at < expanded.length; at += 1) {
    const word = expanded[at] ?? ''
    if (/(^|\/)fio$/.test(word) && (current === null || jobs.length > 0)) {
      current = new Map()
      global = current
      continue
    }
    if (current === null) continue
    const [, name = '', ownValue] = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === '') {
      around.lose(word.slice(0, 80), 'this job file is not in this text; import it by itself')
      continue
    }
    const next = expanded[at + 1]
    const takesNext = ownValue === undefined && !FLAGS.has(name) && next !== undefined && !next.startsWith('-')
    if (takesNext) at += 1
    const value = ownValue ?? (takesNext ? next : '1')
    if (name === 'name') {
      current = value === 'global' ? global : new Map(global)
      if (value !== 'global') jobs.push({ name: value, line: 1, options: current })
    } else if (name === 'section') {
      around.lose(
        '--section',
        `only the section ${JSON.stringify(value)} of a job file runs; import that file by itself`,
      )
    } else if (!PROGRAM_OPTIONS.test(name)) {
      setFioOption(current, `${name}=${value}`, around, {
        path: `--${name}`,
        where: '',
        inherited: current === global ? new Map() : global,
      })
    }
  }
  if (jobs.length > 0) return ok(jobs)
  return failed([
    { path: '', code: 'nothing-found', message: 'there is no --name=JOB in this; each job of fio has one' },
  ])
}

/** Of all commands together: an option may stand on a line of its own without a backslash before it. */
function wordsOfCommands(text: string): Result<readonly string[]> {
  const all: string[] = []
  for (const { words, problem, isAssignment } of shellCommands(text)) {
    if (problem !== null)
      return failed([{ path: '', code: 'bad-quotes', message: `this is not a whole command line: ${problem}` }])
    if (!isAssignment) for (const word of words) all.push(word)
  }
  return ok(all)
}
