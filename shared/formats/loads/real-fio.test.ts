// biome-ignore-all lint/suspicious/noTemplateCurlyInString: fio writes its variables so
import { execFile, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SyntheticWorkload, Workload } from '#shared/workspace/workspace.ts'
import { read } from '../fixtures/read.ts'
import { splitShellWords } from '../text/shell-quoting.ts'
import { parseFioSections } from './fio-sections.ts'

// A real fio: what it makes of a job file (--showcmd), and how many requests it does on its null engine, which needs no
// disk. fio counts its rates over the whole run, so that a busy machine changes them little.

const HAS_FIO = spawnSync('fio', ['--version']).status === 0
const REASON = HAS_FIO ? '' : ' (no fio on this machine)'
const RUN_S = 3
const VARIABLES = { FIO_TEST_SIZE: '8k' }

let folder = ''
let written = 0

/** What it prints. Throws with what it complains of. */
async function fio(text: string, args: readonly string[]): Promise<string> {
  written += 1
  const file = path.join(folder, `job-${written}.fio`)
  fs.writeFileSync(file, text)
  const options = { cwd: folder, env: { ...process.env, ...VARIABLES } }
  const { stdout } = await promisify(execFile)('fio', [...args, file], options)
  return stdout
}

/** The options of each job as fio shows them: `--name=a` begins one. */
async function jobsByFio(text: string): Promise<readonly unknown[]> {
  const jobs: { name: string; options: Record<string, string> }[] = []
  for (const word of splitShellWords(await fio(text, ['--showcmd'])).words) {
    const [, name = '', value = '1'] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === 'name') jobs.push({ name: value, options: {} })
    else if (name !== '') Object.assign(jobs.at(-1)?.options ?? {}, { [name]: value.trim() })
  }
  return jobs
}

function jobsByWeir(text: string): readonly unknown[] {
  const quiet = { lose: () => undefined, note: () => undefined }
  const readInclude = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8')
  const jobs = parseFioSections(text, { variables: VARIABLES, readInclude, ...quiet })
  return jobs.ok ? jobs.value.map(({ name, options }) => ({ name, options: Object.fromEntries(options) })) : [jobs]
}

interface Counted {
  readonly total_ios: number
  readonly io_bytes: number
}

/** Requests and bytes a second, reads before writes. */
async function measured(lines: string): Promise<readonly number[]> {
  const job = `[a]\nioengine=null\nsize=100g\ntime_based\nruntime=${RUN_S}\n${lines.replaceAll(' ', '\n')}\n`
  const { jobs } = JSON.parse(await fio(job, ['--output-format=json'])) as { jobs: Record<'read' | 'write', Counted>[] }
  const sum = (of: (job: Record<'read' | 'write', Counted>) => number) =>
    jobs.reduce((total, each) => total + of(each), 0) / RUN_S
  return [
    sum((each) => each.read.total_ios),
    sum((each) => each.write.total_ios),
    sum((each) => each.read.io_bytes + each.write.io_bytes),
  ]
}

function expected(lines: string): readonly number[] {
  const { devices } = read('fio', `[a]\nsize=1g\n${lines.replaceAll(' ', '\n')}\n`).workspace
  const rates = devices.map(({ workload }) => ratesOf(workload))
  return [0, 1, 2].map((at) => rates.reduce((total, each) => total + (each[at] ?? 0), 0))
}

function ratesOf(workload: Workload): readonly number[] {
  if (workload.kind !== 'synthetic') return []
  const { blockBytes, rateIops, readPercent } = workload
  const blocks = typeof blockBytes === 'number' ? [{ bytes: blockBytes, weight: 1 }] : blockBytes
  const weight = blocks.reduce((sum, block) => sum + block.weight, 0)
  const mean = blocks.reduce((sum, block) => sum + block.bytes * block.weight, 0) / weight
  const reads = (rateIops * readPercent) / 100
  return [reads, rateIops - reads, rateIops * mean]
}

describe.runIf(HAS_FIO)(`a real fio${REASON}`, () => {
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-fio-'))
    fs.writeFileSync(path.join(folder, 'more.fio'), 'iodepth=7 # more\n')
  })
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

  test.each([
    '[a]\nrw=randread ; c\nbs=4k#x\nioengine=null # e\nsize=64m\n',
    '[a] ; load\nioengine=null\nbs=${FIO_TEST_SIZE}\niodepth=${FIO_TEST_UNSET}4\nsize=8*$pagesize\nfilename=/x#y\n',
    '[a]\nioengine=null\nsize=1m\ninclude more.fio\nrw=read\n[b]\nioengine=null\nsize=2m\n',
    '[a]\nioengine=null\nsize=1m\nreadwrite=randrw\nblocksize=8k,\nrate=,1m\nnumjobs=2\n',
  ])('reads this job file as Weir does: %j', async (text) => {
    const canonical = (jobs: readonly unknown[]) =>
      JSON.parse(JSON.stringify(jobs).replaceAll('readwrite', 'rw').replaceAll('blocksize', 'bs')) as unknown
    expect(canonical(await jobsByFio(text))).toEqual(canonical(jobsByWeir(text)))
  })

  // Each is asleep nearly all of its time.
  test.concurrent.each([
    'rw=randrw rwmixread=75 bs=4k,64k rate=1m,2m',
    'rw=randrw bs=16k, rate_iops=200',
    'rw=randrw bs=,16k rate_iops=200',
    'rw=randrw rwmixread=75 rate_iops=300,100',
    'rw=randread rate_iops=100 numjobs=3',
    'rw=randread filename=x rate_iops=100 numjobs=3',
    'rw=randread rate=1m, bs=4k',
    'rw=randread thinktime=50ms rate_iops=10',
  ])('does the requests that Weir’s load does: %s', async (lines) => {
    const found = await measured(lines)
    for (const [index, rate] of expected(lines).entries()) {
      expect(found[index], `${found} for ${expected(lines)}`).toBeGreaterThanOrEqual(rate * 0.9 - 1)
      expect(found[index], `${found} for ${expected(lines)}`).toBeLessThanOrEqual(rate * 1.1 + 1)
    }
  })

  test.each([
    'rw=randrw rate_iops=200,',
    'rw=randrw rwmixread=5 rate=1m, bs=4k',
    'rw=randrw rwmixread=90 rate_iops=,150',
  ])('holds one direction alone where only that one has a rate, as Weir’s load does: %s', async (lines) => {
    const found = await measured(lines)
    const { workload } = read('fio', `[a]\nsize=1g\n${lines.replaceAll(' ', '\n')}\n`).workspace.devices[0] ?? {}
    const { readRateIops, writeRateIops } = workload as SyntheticWorkload // an fio job makes one
    const [held, free] = readRateIops === undefined ? [1, 0] : [0, 1]
    const rate = readRateIops ?? writeRateIops ?? 0
    expect(found[held], `${found} for ${rate}`).toBeGreaterThanOrEqual(rate * 0.9 - 1)
    expect(found[held], `${found} for ${rate}`).toBeLessThanOrEqual(rate * 1.1 + 1)
    expect(found[free]).toBeGreaterThan(10 * rate)
  })
})
