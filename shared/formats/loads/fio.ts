import type { Result } from '#shared/issue.ts'
import { MAX_DEVICES, type Workload } from '#shared/workspace/workspace.ts'
import { type Draft, finishDraft, newDraft, notUnderstood } from '../draft.ts'
import type { Format, Imported, LossKind, ReadOptions } from '../format.ts'
import { listNames } from '../losses.ts'
import { checkText } from '../text/guard.ts'
import { isFioCommandLine, parseFioCommandLine } from './fio-command-line.ts'
import type { FioContext } from './fio-context.ts'
import { fateOfFioOption } from './fio-options.ts'
import { type FioJob, type FioSurroundings, parseFioSections } from './fio-sections.ts'
import { parseFioNumber } from './fio-values.ts'
import { diskOf, workloadOf } from './fio-workload.ts'

// fio job files: each job becomes a disk with a load and no group. What a job asks for that Weir's loads do not do is
// reported by option, with the jobs that ask for it.

interface Report {
  readonly kind: LossKind
  readonly option: string
  readonly message: string
  readonly jobs: string[]
}

interface Reports {
  readonly losses: Map<string, Report>
  /** Options that concern fio's own reports and files. */
  readonly harmless: Set<string>
}

function readFio(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const draft = newDraft(checked.value)
  const around = surroundings(draft, options)
  const isLine = isFioCommandLine(checked.value) && !isJobFile(checked.value)
  const sections = (isLine ? parseFioCommandLine : parseFioSections)(checked.value, around)
  if (!sections.ok) return sections
  const reports: Reports = { losses: new Map(), harmless: new Set() }
  let startS = 0
  let endS: number | null = 0
  for (const job of sections.value) {
    if (job.options.has('stonewall')) {
      if (endS === null)
        addReport(
          reports,
          job,
          'not-understood',
          'stonewall',
          'the jobs before it have no runtime, so that their end is not known; it starts with them',
        )
      else startS = endS
    }
    const workload = addJob(draft, reports, job, startS)
    const stopS = workload.kind === 'synthetic' ? workload.stopS : null
    endS = stopS === null || endS === null ? null : Math.max(endS, stopS)
  }
  for (const { kind, option, message, jobs } of reports.losses.values()) {
    draft.losses.push({ path: option, kind, message: `${message} (${listNames([...new Set(jobs)])})` })
  }
  const { harmless } = reports
  if (harmless.size > 0) {
    const concern = harmless.size === 1 ? 'concerns' : 'concern'
    draft.notes.push(`${listNames([...harmless])} ${concern} fio’s own reports and files, not the load.`)
  }
  sayShared(draft, sections.value)
  draft.notes.push('The disks are Weir’s own, in files that it makes; the file names of the jobs are not used.')
  return finishDraft(draft, options)
}

function surroundings(draft: Draft, { variables, readInclude }: ReadOptions): FioSurroundings {
  const notes = new Set<string>()
  return {
    variables,
    readInclude,
    lose: (path, message) => notUnderstood(draft, path, message),
    note: (message) => {
      if (!notes.has(message)) draft.notes.push(message)
      notes.add(message)
    },
  }
}

/** Jobs of their own on one file: in fio they share it. */
function sayShared(draft: Draft, jobs: readonly FioJob[]): void {
  const byFile = new Map<string, string[]>()
  for (const job of jobs) {
    const file = job.options.get('filename')
    if (file === undefined) continue
    const sharers = byFile.get(file)
    if (sharers) sharers.push(job.name)
    else byFile.set(file, [job.name])
  }
  for (const [file, names] of byFile) {
    if (names.length < 2) continue
    const message = `${listNames(names)} use one file, ${file}; in Weir each has a disk of its own, so that they no longer take from each other`
    draft.losses.push({ path: 'filename', kind: 'converted', message })
  }
}

function addReport(reports: Reports, job: FioJob, kind: LossKind, option: string, message: string): void {
  const key = `${option}\n${message}`
  const known = reports.losses.get(key)
  if (known) known.jobs.push(job.name)
  else reports.losses.set(key, { kind, option, message, jobs: [job.name] })
}

function addJob(draft: Draft, reports: Reports, job: FioJob, startS: number): Workload {
  const report = (kind: LossKind, option: string, message: string): void =>
    addReport(reports, job, kind, option, message)
  const kbBase = job.options.get('kb_base') === '1000' ? 1000 : 1024
  const jobs = parseFioNumber(job.options.get('numjobs') ?? '1', kbBase)
  if (jobs === null)
    report(
      'not-understood',
      'numjobs',
      `${JSON.stringify(job.options.get('numjobs'))} is not a plain number; 1 is taken`,
    )
  const count = Math.min(Math.max(1, jobs ?? 1), MAX_DEVICES + 1)
  // Jobs alike on one named file are one disk with more requests outstanding; on files of their own, disks of their own.
  const isShared = job.options.has('filename')
  const context: FioContext = { job, kbBase, startS, clones: isShared ? count : 1, report }
  for (const [option, value] of job.options) {
    const fate = fateOfFioOption(option)
    if (fate === 'harmless') reports.harmless.add(option)
    else if (fate === 'unknown')
      report(
        'not-understood',
        option,
        `Weir’s loads have no equivalent; ${JSON.stringify(value.slice(0, 40))} is left out`,
      )
  }
  const workload = workloadOf(context)
  const disk = diskOf(context, workload)
  const disks = isShared ? 1 : count
  for (let index = 0; index < disks; index += 1) {
    const id = disks === 1 ? job.name : `${job.name}.${index}`
    draft.devices.push({ id, group: null, disk, workload })
  }
  return workload
}

function isJobFile(text: string): boolean {
  return /^[ \t]*\[[^\]\n]+\]/m.test(text)
}

export const fio: Format = {
  id: 'fio',
  title: 'fio job file',
  family: 'Loads',
  direction: 'in',
  fileExtension: '.fio',
  note: 'each job becomes a disk with its load',
  options: [],
  read: readFio,
  detect: (text) => {
    const head = text.slice(0, 16_384)
    if (!isJobFile(head)) return isFioCommandLine(head) ? 0.95 : 0
    return /^[ \t]*(rw|readwrite|bs|blocksize|ioengine|iodepth|rwmixread|runtime|numjobs)\s*=/m.test(head) ? 0.9 : 0
  },
}
