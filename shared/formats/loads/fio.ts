import type { Result } from '#shared/issue.ts'
import { MAX_DEVICES, type Workload } from '#shared/workspace/workspace.ts'
import { type Draft, finishDraft, newDraft } from '../draft.ts'
import type { Format, Imported, LossKind, ReadOptions } from '../format.ts'
import { listNames } from '../losses.ts'
import { checkText } from '../text/guard.ts'
import { fateOfFioOption } from './fio-options.ts'
import { type FioJob, parseFioSections } from './fio-sections.ts'
import { parseFioNumber } from './fio-values.ts'
import { diskOf, type FioContext, workloadOf } from './fio-workload.ts'

// fio job files: each job becomes a disk with a load and no group. What a job asks for that Weir's loads do not do is
// reported by option, with the jobs that ask for it.

interface Report {
  readonly kind: LossKind
  readonly option: string
  readonly message: string
  readonly jobs: string[]
}

type Reports = Map<string, Report>

function readFio(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'lines')
  if (!checked.ok) return checked
  const sections = parseFioSections(checked.value)
  if (!sections.ok) return sections
  const draft = newDraft(checked.value)
  const reports: Reports = new Map()
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
  for (const { kind, option, message, jobs } of reports.values()) {
    draft.losses.push({ path: option, kind, message: `${message} (${listNames([...new Set(jobs)])})` })
  }
  draft.notes.push('The disks are Weir’s own, in files that it makes; the file names of the jobs are not used.')
  return finishDraft(draft, options)
}

function addReport(reports: Reports, job: FioJob, kind: LossKind, option: string, message: string): void {
  const key = `${option}\n${message}`
  const known = reports.get(key)
  if (known) known.jobs.push(job.name)
  else reports.set(key, { kind, option, message, jobs: [job.name] })
}

function addJob(draft: Draft, reports: Reports, job: FioJob, startS: number): Workload {
  const report = (kind: LossKind, option: string, message: string): void =>
    addReport(reports, job, kind, option, message)
  const context: FioContext = { job, kbBase: job.options.get('kb_base') === '1000' ? 1000 : 1024, startS, report }
  for (const [option, value] of job.options) {
    const fate = fateOfFioOption(option)
    if (fate === 'harmless') report('not-understood', option, 'it concerns fio’s own reports and files, not the load')
    else if (fate === 'unknown')
      report(
        'not-understood',
        option,
        `Weir’s loads have no such thing; ${JSON.stringify(value.slice(0, 40))} is left out`,
      )
  }
  const workload = workloadOf(context)
  const disk = diskOf(context, workload)
  const clones = job.options.has('filename')
    ? 1
    : (parseFioNumber(job.options.get('numjobs') ?? '1', context.kbBase) ?? 1)
  const count = Math.min(Math.max(1, clones), MAX_DEVICES + 1)
  for (let index = 0; index < count; index += 1) {
    const id = count === 1 ? job.name : `${job.name}.${index}`
    draft.devices.push({ id, group: null, disk, workload })
  }
  return workload
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
    if (!/^[ \t]*\[[^\]\n]+\]/m.test(head)) return 0
    return /^[ \t]*(rw|readwrite|bs|blocksize|ioengine|iodepth|rwmixread|runtime|numjobs)\s*=/m.test(head) ? 0.9 : 0
  },
}
