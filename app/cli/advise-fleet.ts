import fs from 'node:fs/promises'
import path from 'node:path'
import { adviseBucket, proposedLimits } from '#main/advise/fleet-advice.ts'
import { type FleetVm, readFleet } from '#main/fleet/fleet-history.ts'
import { PrometheusApi, type Span } from '#main/fleet/prometheus-api.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { formatWorkspace, parseWorkspace } from '#shared/workspace/parse.ts'
import { WORKSPACE_FORMAT } from '#shared/workspace/workspace.ts'
import { fleetLines } from './advise-fleet-table.ts'
import type { CommandCall, ExitCode } from './command.ts'
import type { GroupVerdict, VmVerdict } from './fleet-verdict.ts'
import { clashesWith, fileNameOf } from './machine-files.ts'
import { durationOption, optionIssue, textOption } from './options.ts'

// `weir advise --prometheus URL --over 14d`: from the history that `weir exporter` left in Prometheus to a verdict on every
// limit of the fleet, and a workspace of proposed limits per VM that `weir apply` takes.

const DEFAULT_OVER_S = 14 * 86_400
const LEAST_STEP_S = 60
/** Steps of the period when none is said: fine enough for a quarter of an hour, few enough to be read in a minute. */
const USUAL_STEPS = 4032
const MOST_STEPS = 100_000

export async function adviseFleet(call: CommandCall): Promise<Result<ExitCode>> {
  const { options, terminal, json, signal } = call
  const url = urlOption(textOption(options, 'prometheus', ''))
  if (!url.ok) return url
  const span = spanOption(call)
  if (!span.ok) return span
  const out = textOption(options, 'out-dir', null)
  const api = new PrometheusApi(url.value, signal)
  const onProgress = (share: number) => {
    if (terminal.redraws && share < 1) terminal.complain(terminal.paint.dim(`read: ${Math.floor(share * 100)} %`))
  }
  const vms = await readFleet(api, span.value, { onProgress })
  if (vms.length === 0) {
    const message = 'Prometheus has no disks from weir exporter at the end of the period; is it scraping the exporter?'
    return failed([{ path: '--prometheus', code: 'no-history', message }])
  }
  const verdicts = vms.map((vm) => verdictOn(vm, span.value.stepS))
  const written = await write(verdicts, out)
  if (!written.ok) return written
  if (json)
    terminal.print(
      JSON.stringify({ format: 'weir-fleet-advice/1', ...span.value, vms: verdicts, written: written.value }, null, 2),
    )
  else for (const line of fleetLines(verdicts, span.value, terminal.paint)) terminal.print(line)
  if (!json) for (const file of written.value) terminal.complain(`→ ${file}`)
  return ok(0)
}

/** The proposals as files; the names of those written. */
async function write(verdicts: readonly VmVerdict[], out: string | null): Promise<Result<readonly string[]>> {
  if (out === null) return ok([])
  const folder = path.resolve(out)
  const files = proposals(verdicts, folder)
  if (!files.ok) return files
  const clashes = await clashesWith('--out-dir', files.value)
  if (clashes.length > 0) return failed(clashes)
  await fs.mkdir(folder, { recursive: true })
  for (const { file, text } of files.value) await saveFile(file, text)
  return ok(files.value.map(({ file }) => file))
}

function urlOption(text: string): Result<URL> {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return ok(url)
  return failed([optionIssue('prometheus', text, 'the address of a Prometheus server, such as http://127.0.0.1:9090')])
}

function spanOption({ options }: CommandCall): Result<Span> {
  const over = durationOption(options, 'over', DEFAULT_OVER_S)
  if (!over.ok) return over
  const step = durationOption(options, 'step', Math.max(LEAST_STEP_S, Math.ceil(over.value / USUAL_STEPS)))
  if (!step.ok) return step
  const stepS = Math.ceil(step.value)
  if (over.value / stepS > MOST_STEPS) {
    const least = Math.ceil(over.value / MOST_STEPS)
    return failed([optionIssue('step', textOption(options, 'step', ''), `at least ${least}s for a period this long`)])
  }
  // Whole steps since 1970, so that the same question has the same answer.
  const toS = Math.floor(Date.now() / 1000 / stepS) * stepS
  return ok({ fromS: toS - Math.floor(over.value / stepS) * stepS, toS, stepS })
}

function verdictOn({ domain, instance, groups, disks }: FleetVm, stepS: number): VmVerdict {
  const named = groups.map(({ name, limits, buckets, changes }): GroupVerdict => {
    const advices = buckets.map((bucket) => adviseBucket(bucket, limits, stepS))
    const members = [...disks].filter(([, chain]) => chain.includes(name)).map(([disk]) => disk)
    return { group: name, disks: members, limits, proposed: proposedLimits(limits, advices), buckets: advices, changes }
  })
  return { domain, instance, groups: named.filter((group) => group.disks.length > 0), disks: Object.fromEntries(disks) }
}

interface Proposal {
  readonly file: string
  readonly text: string
}

/** A workspace per VM of which anything is proposed: its whole groups, and the disks that are in them. */
function proposals(verdicts: readonly VmVerdict[], folder: string): Result<readonly Proposal[]> {
  const taken = new Set<string>()
  const files: Proposal[] = []
  for (const { domain, groups, disks } of verdicts) {
    if (!groups.some(({ buckets }) => buckets.some(({ limit, proposed }) => limit !== proposed))) continue
    const parsed = parseWorkspace({
      format: WORKSPACE_FORMAT,
      name: domain,
      groups: Object.fromEntries(groups.map(({ group, proposed }) => [group, proposed])),
      devices: Object.entries(disks).flatMap(([id, chain]) => (chain.length === 0 ? [] : [{ id, groups: chain }])),
    })
    if (!parsed.ok) return failed(parsed.issues.map((each) => ({ ...each, path: `${domain}: ${each.path}` })))
    files.push({ file: path.join(folder, fileNameOf(domain, taken)), text: formatWorkspace(parsed.value) })
  }
  return ok(files)
}
