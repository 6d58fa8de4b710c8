import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { compareResults } from '#main/advise/compare-results.ts'
import { MAX_DEMAND_S } from '#main/advise/demand.ts'
import { adviseLevels } from '#main/advise/level-advice.ts'
import { ADVICE_FORMAT, type Advice, adviseGroup } from '#main/advise/limit-advice.ts'
import { parseResult } from '#main/advise/parse-result.ts'
import { EngineError } from '#main/engine-error.ts'
import type { Trace, Traces } from '#main/load/trace.ts'
import { resolvePaths } from '#main/workspace/file-paths.ts'
import { loadTraces } from '#main/workspace/load-traces.ts'
import { headOf, openTrace } from '#main/workspace/open-trace.ts'
import { readText } from '#main/workspace/read-text.ts'
import { formatLoss } from '#shared/formats/format.ts'
import { guessTraceDialect } from '#shared/formats/loads/trace-dialects.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { parseJsonText } from '#shared/json-text.ts'
import { USUAL_TOLERANCE } from '#shared/report/report-run.ts'
import { RESULT_FORMAT, type RunResult } from '#shared/result.ts'
import { NS_PER_MS, NS_PER_S } from '#shared/units.ts'
import { chainOf, isIn } from '#shared/workspace/chain.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { type Device, EMPTY_WORKSPACE, membersOf, type Workspace } from '#shared/workspace/workspace.ts'
import { adviseFleet } from './advise-fleet.ts'
import { adviceLines, comparisonLines, levelLines } from './advise-table.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { durationOption, flagOption, integerOption, optionIssue, textOption } from './options.ts'
import { readingProgress } from './reading-progress.ts'

// `weir advise`: which number to choose (for a workspace's groups, or for recorded loads), and whether B was better than A
// (two results of `weir run --json` or `weir simulate --json`).

const DEFAULT_DURATION_S = 60
const DEFAULT_WAIT_S = 0.01
const PROGRESS_MS = 2000
/** The one group of recorded loads that come without a workspace. */
const RECORDED = 'recorded'

export async function advise(call: CommandCall): Promise<Result<ExitCode>> {
  const [first, second] = call.args
  if (call.options.prometheus !== undefined) {
    if (first !== undefined) return failed([issue('', 'too-many-files', `${first} and --prometheus; name one of them`)])
    const names = ['group', 'wait', 'goal', 'duration', 'tolerance', 'fail-if-worse']
    return uselessOptions(call, names, 'works with files only, not with --prometheus') ?? adviseFleet(call)
  }
  const useless = uselessOptions(call, ['over', 'step', 'out-dir'], 'is for a fleet: --prometheus URL')
  if (useless !== null) return useless
  if (first === undefined) {
    const message = 'this is missing; use weir advise FILE, or weir advise --prometheus URL for a fleet'
    return failed([issue('FILE', 'missing-argument', message)])
  }
  if ((await Promise.all(call.args.map(isRecording))).every(Boolean)) return adviseRecorded(call)
  const value = await readJson(first)
  if (!value.ok) return value
  if (isResult(value.value)) return compare(call)
  if (second !== undefined) {
    return failed([
      issue('', 'too-many-files', `${first} is a workspace; name it alone, or two results, or recorded loads`),
    ])
  }
  const parsed = parseWorkspace(value.value)
  if (!parsed.ok) return parsed
  const workspace = resolvePaths(parsed.value, path.dirname(path.resolve(first)))
  const traces = await loadTraces(workspace)
  return traces.ok ? adviseGroups(call, { workspace, traces: traces.value, fallbackS: DEFAULT_DURATION_S }) : traces
}

/** An option without effect is a mistake: `--fail-if-worse` on a workspace would pass for ever. */
function uselessOptions({ options }: CommandCall, names: readonly string[], why: string) {
  const given = names.filter((name) => options[name] !== undefined)
  if (given.length === 0) return null
  return failed(given.map((name) => issue(`--${name}`, 'option-useless', `${why}; leave it out`)))
}

/** Two files are read: an issue says in which one. A file that could not be read is named by its message. */
function placeIn(file: string, { path: place, message }: Issue): string {
  if (place !== '') return `${file}: ${place}`
  return message.startsWith(path.resolve(file)) ? '' : file
}

function issue(place: string, code: string, message: string): Issue {
  return { path: place, code, message }
}

async function readJson(file: string): Promise<Result<unknown>> {
  const text = await readText(path.resolve(file))
  return text.ok ? parseJsonText(text.value, 'a workspace and a result are JSON objects') : text
}

function isResult(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { format?: unknown }).format === RESULT_FORMAT // any object has members
}

/** A file of requests, of whatever dialect; a `.csv` that is none says what is wrong with its lines. */
async function isRecording(file: string): Promise<boolean> {
  const { text } = await headOf(path.resolve(file))
  return guessTraceDialect(text) !== null || /\.csv$/i.test(file)
}

async function adviseRecorded(call: CommandCall): Promise<Result<ExitCode>> {
  const devices: Device[] = []
  const traces = new Map<string, Trace>()
  for (const file of call.args) {
    const opened = await openTrace(path.resolve(file), readingProgress(file, call))
    if (!opened.ok) return opened
    const { recordings, losses, notes } = opened.value
    for (const { device, trace } of recordings) {
      const id = recordings.length === 1 ? path.basename(file) : `${path.basename(file)}: ${device}`
      const key = `${traces.size} ${id}`
      traces.set(key, trace)
      devices.push({ ...RECORDED_DEVICE, id, workload: { ...RECORDED_LOAD, path: key } })
    }
    for (const loss of losses) call.terminal.complain(call.terminal.paint.warn(formatLoss(loss)))
    for (const note of notes) call.terminal.complain(call.terminal.paint.dim(note))
  }
  const workspace: Workspace = { ...EMPTY_WORKSPACE, groups: { [RECORDED]: {} }, devices }
  const lengthsS = [...traces.values()].map(({ timesNs, count }) => (timesNs[count - 1] ?? 0) / NS_PER_S)
  const longestS = Math.min(MAX_DEMAND_S, Math.max(1, ...lengthsS.map(Math.ceil)))
  return adviseGroups(call, { workspace, traces, fallbackS: longestS })
}

const RECORDED_LOAD = { kind: 'trace', iodepth: 1024, speed: 1, loop: false } as const

const RECORDED_DEVICE = {
  groups: chainOf(RECORDED),
  iothread: null,
  disk: { kind: 'null', sizeBytes: 2 ** 50 }, // as large as any, so that recorded offsets stay as they are
  qemu: {},
} as const

interface Question {
  readonly workspace: Workspace
  readonly traces: Traces
  /** How long to look if nothing is said. */
  readonly fallbackS: number
}

async function adviseGroups(call: CommandCall, question: Question): Promise<Result<ExitCode>> {
  const { options, json, terminal } = call
  const useless = uselessOptions(call, ['tolerance', 'fail-if-worse'], 'is for comparing two results')
  if (useless !== null) return useless
  const durationS = durationOption(options, 'duration', question.fallbackS)
  if (!durationS.ok) return durationS
  if (durationS.value > MAX_DEMAND_S) {
    return failed([optionIssue('duration', textOption(options, 'duration', ''), 'at most a day: 24h')])
  }
  const waitS = durationOption(options, 'wait', DEFAULT_WAIT_S)
  if (!waitS.ok) return waitS
  const groups = chosenGroups(question.workspace, textOption(options, 'group', null))
  if (!groups.ok) return groups
  const advices: Advice[] = []
  const byGoal = flagOption(options, 'goal')
  if (byGoal && options.wait !== undefined) {
    return failed([issue('--goal', 'option-useless', 'the goals say how long to wait; leave --wait out')])
  }
  for (const group of groups.value) {
    const goalNs = byGoal ? strictestGoalNs(question.workspace, group) : null
    if (byGoal && goalNs === null) {
      const message = `no member of ${group} has a goal; add one to "goals", or name a group with --group`
      return failed([issue('goals', 'no-goals', message)])
    }
    const targetWaitNs = goalNs ?? Math.round(waitS.value * NS_PER_S)
    const asked = { ...question, group, durationS: durationS.value, targetWaitNs }
    advices.push(await stepByStep(adviseGroup(asked), group, call))
  }
  const levels = await stepByStep(
    adviseLevels({
      ...question,
      durationS: durationS.value,
      targetWaitNs: (device) => (byGoal ? goalNsOf(question.workspace, device) : Math.round(waitS.value * NS_PER_S)),
    }),
    'levels',
    call,
  )
  const shown = levels.filter(({ levels: chain }) => chain.some(({ group }) => groups.value.includes(group)))
  if (json) {
    const levelsPart = shown.length === 0 ? {} : { levels: shown }
    terminal.print(JSON.stringify({ format: ADVICE_FORMAT, groups: advices, ...levelsPart }, null, 2))
    return ok(0)
  }
  const { paint } = terminal
  const lines = advices.flatMap((advice) => adviceLines(advice, question.workspace, paint))
  for (const line of [...lines, ...levelLines(shown, paint)]) terminal.print(line)
  return ok(0)
}

/** The shortest wait that a goal promises a member of the group; null: none does. */
function strictestGoalNs(workspace: Workspace, group: string): number | null {
  const members = new Set(membersOf(workspace, group).map((device) => device.id))
  const waits = (workspace.goals ?? []).flatMap(({ device, waitMs }) =>
    members.has(device) ? [waitMs * NS_PER_MS] : [],
  )
  return waits.length === 0 ? null : Math.min(...waits)
}

/** The shortest wait that a goal promises a device; without a goal any wait will do. */
function goalNsOf(workspace: Workspace, id: string): number {
  const waits = (workspace.goals ?? []).filter(({ device }) => device === id)
  return Math.min(Number.POSITIVE_INFINITY, ...waits.map(({ waitMs }) => waitMs * NS_PER_MS))
}

/** Groups without members ask for nothing. */
function chosenGroups({ groups, devices }: Workspace, wanted: string | null): Result<readonly string[]> {
  const used = Object.keys(groups).filter((group) => devices.some((device) => isIn(device, group)))
  if (wanted === null && used.length > 0) return ok(used)
  if (wanted !== null && used.includes(wanted)) return ok([wanted])
  if (used.length === 0) return failed([issue('groups', 'no-members', 'no group has a device; put one in a group')])
  return failed([optionIssue('group', wanted ?? '', `a group that has devices: ${used.join(', ')}`)])
}

async function stepByStep<T>(
  steps: Generator<number, T>,
  group: string,
  { terminal, signal }: CommandCall,
): Promise<T> {
  let toldMs = performance.now()
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    await turn() // lets a signal in
    if (signal.aborted)
      throw new EngineError('cancelled', `stopped while analysing ${group}`, 'Try a shorter --duration.')
    if (performance.now() - toldMs < PROGRESS_MS) continue
    toldMs = performance.now()
    terminal.complain(`${group}: ${Math.floor(step.value * 100)} %`)
  }
}

async function compare(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, json, terminal } = call
  const useless = uselessOptions(call, ['group', 'wait', 'goal', 'duration'], 'is for advice, and these are results')
  if (useless !== null) return useless
  const tolerance = integerOption(options, 'tolerance', { min: 0, max: 100, fallback: USUAL_TOLERANCE * 100 })
  if (!tolerance.ok) return tolerance
  if (args.length !== 2) return failed([issue('', 'one-result', 'a result is compared with another; name two')])
  const results: RunResult[] = []
  for (const file of args) {
    const value = await readJson(file)
    const parsed = value.ok ? parseResult(value.value) : value
    if (!parsed.ok) return failed(parsed.issues.map((each) => ({ ...each, path: placeIn(file, each) })))
    results.push(parsed.value)
  }
  const [a, b] = results as [RunResult, RunResult] // one per file, and there are two
  const comparison = compareResults(a, b, tolerance.value / 100)
  if (json) terminal.print(JSON.stringify(comparison, null, 2))
  else for (const line of comparisonLines(comparison, terminal.paint)) terminal.print(line)
  return ok(flagOption(options, 'fail-if-worse') && comparison.worse > 0 ? 1 : 0)
}
