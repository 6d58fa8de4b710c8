import os from 'node:os'
import { builtPartWorkerUrl } from '#main/built-entry.ts'
import { withRecordedOf } from '#main/frontier/recorded-loads.ts'
import type { Traces } from '#main/load/trace.ts'
import { predict } from '#main/predict/predict.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import { countedLoadNotes } from '#main/workspace/counted-loads.ts'
import { resolvePaths } from '#main/workspace/file-paths.ts'
import { loadTraces } from '#main/workspace/load-traces.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { RequestLog } from '#main/workspace/request-log.ts'
import { withGoals } from '#shared/goals.ts'
import { playedHiddenWords } from '#shared/hidden-words.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { measuredWords } from '#shared/measured-words.ts'
import { CURVE_STEPS, CurveCollector, type GroupCurves } from '#shared/report/group-curves.ts'
import type { RunResult } from '#shared/result.ts'
import { formatClock, formatIops, NS_PER_S } from '#shared/units.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { goalExit, goalLines } from './goal-lines.ts'
import { durationOption, integerOption, optionIssue, textOption } from './options.ts'
import { outputFile } from './output-file.ts'
import { assumedTimes, resultLines } from './run-table.ts'
import type { Terminal } from './terminal.ts'

// `weir simulate FILE`: the workspace in virtual time. Long runs tell on stderr how far they are; Ctrl-C gives what is there.

const DEFAULT_DURATION_S = 60
/** Virtual ns stay exact far beyond, but nobody means a longer one. */
const MAX_DURATION_S = 30 * 86_400
const MAX_THREADS = 256
const PROGRESS_MS = 2000

export async function simulate(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, json, terminal } = call
  const durationS = durationOption(options, 'duration', DEFAULT_DURATION_S)
  if (!durationS.ok) return durationS
  if (durationS.value > MAX_DURATION_S) {
    return failed([optionIssue('duration', textOption(options, 'duration', ''), 'at most 30 days: 720h')])
  }
  const file = args[0] ?? ''
  const trace = await outputFile(call, 'trace', [file])
  if (!trace.ok) return trace
  const read = await readWorkspaceFile(file)
  if (!read.ok) return read
  const workspace = resolvePaths(read.value.workspace, read.value.folder)
  for (const note of await countedLoadNotes(workspace)) terminal.complain(terminal.paint.dim(note))
  const traces = await loadTraces(workspace)
  if (!traces.ok) return traces
  const threads = integerOption(options, 'threads', { min: 1, max: MAX_THREADS, fallback: os.availableParallelism() })
  if (!threads.ok) return threads
  const ids = workspace.devices.map((device) => device.id)
  const log = trace.value === null ? null : await RequestLog.create(trace.value, ids)
  try {
    const run: Run = { workspace, traces: traces.value, durationS: durationS.value, threads: threads.value, log }
    const { result: measured, curves } = await runThrough(run, call)
    const result = withGoals(withRecordedOf(measured, workspace, traces.value), workspace)
    for (const words of playedHiddenWords(result.hidden ?? [])) terminal.complain(terminal.paint.warn(words))
    report(json ? { ...result, workspace, overTime: curves } : result, { terminal, json })
    return ok(goalExit(result))
  } finally {
    await log?.close()
  }
}

interface Run {
  readonly workspace: Workspace
  readonly traces: Traces
  readonly durationS: number
  readonly threads: number
  readonly log: RequestLog | null
}

async function runThrough(
  { workspace, traces, durationS, threads, log }: Run,
  { terminal, signal, json }: CommandCall,
): Promise<{ readonly result: RunResult; readonly curves: GroupCurves }> {
  const endNs = Math.round(durationS * NS_PER_S)
  const startMs = performance.now()
  const collector = new CurveCollector(durationS / CURVE_STEPS)
  let toldMs = startMs
  const end = await predict({
    ...{ workspace, traces, threads, workerUrl: builtPartWorkerUrl() },
    samplesNs: Array.from({ length: CURVE_STEPS }, (_, step) => Math.round((endNs * (step + 1)) / CURVE_STEPS)),
    takesSnapshots: json,
    ...(log !== null && { onRequest: log.add.bind(log) }),
    isStopped: () => signal.aborted,
    onProgress: async ({ nowNs, requests, snapshots }) => {
      for (const snapshot of snapshots) collector.add(snapshot)
      await log?.write()
      const nowMs = performance.now()
      if (nowMs - toldMs < PROGRESS_MS) return
      toldMs = nowMs
      const percent = Math.floor((nowNs / endNs) * 100)
      const perSecond = (requests / (nowMs - startMs)) * 1000
      terminal.complain(`${percent} %  ${formatIops(requests)} requests, ${formatIops(perSecond)} a second`)
    },
  })
  if (end.nowNs < endNs) terminal.complain(`stopped at ${formatClock(end.nowNs)} of ${formatClock(endNs)}`)
  return { result: end.result ?? new Simulation({ workspace, traces }).result(), curves: collector.curves() }
}

function report(result: RunResult, { terminal, json }: { readonly terminal: Terminal; readonly json: boolean }): void {
  if (json) {
    terminal.print(JSON.stringify(result, null, 2))
    return
  }
  const title = `${result.name}: ${formatClock(result.durationS * NS_PER_S)} simulated, seed ${result.seed}`
  for (const line of resultLines(result, title, terminal.paint)) terminal.print(line)
  for (const line of goalLines(result, terminal.paint)) terminal.print(line)
  for (const words of measuredWords(result.recordedLatency ?? [])) terminal.print(words)
  const assumed = assumedTimes(result)
  if (assumed !== null) terminal.print(`\n${assumed}`)
}
