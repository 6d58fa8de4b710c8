import os from 'node:os'
import path from 'node:path'
import { builtIothreadUrl } from '#main/built-entry.ts'
import { RunFolder } from '#main/device/run-folder.ts'
import { EngineError } from '#main/engine-error.ts'
import { Lab } from '#main/lab/lab.ts'
import { countedLoadNotes } from '#main/workspace/counted-loads.ts'
import { resolvePaths } from '#main/workspace/file-paths.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { type RunRecorded, RunRecorder } from '#main/workspace/run-recorder.ts'
import { checkWritePermission } from '#main/workspace/write-permission.ts'
import { counted } from '#shared/counted.ts'
import { withGoals } from '#shared/goals.ts'
import { playedHiddenWords } from '#shared/hidden-words.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { measuredWords } from '#shared/measured-words.ts'
import { CurveCollector } from '#shared/report/group-curves.ts'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { NS_PER_MS } from '#shared/units.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { CommandCall, ExitCode } from './command.ts'
import { goalExit, goalLines } from './goal-lines.ts'
import { durationOption, flagOption, listOption, textOption } from './options.ts'
import { outputFile } from './output-file.ts'
import { liveLines, liveTitle, plainLines, resultLines, resultTitle } from './run-table.ts'
import type { Terminal } from './terminal.ts'

// `weir run FILE`: the lab without a window. Shows how it goes, prints what was measured, leaves nothing behind.

const DEFAULT_DURATION_S = 10
const REDRAW_MS = 250
const LINE_MS = 1000

export async function run(call: CommandCall): Promise<Result<ExitCode>> {
  const { args, options, json, terminal, signal } = call
  const durationS = durationOption(options, 'duration', DEFAULT_DURATION_S)
  if (!durationS.ok) return durationS
  const read = await readWorkspaceFile(args[0] ?? '')
  if (!read.ok) return read
  const workspace = resolvePaths(read.value.workspace, read.value.folder)
  for (const note of await countedLoadNotes(workspace)) terminal.complain(terminal.paint.dim(note))
  const permission = await checkWritePermission(workspace, {
    isGeneral: flagOption(options, 'write'),
    named: listOption(options, 'write-to'),
  })
  if (!permission.ok) return permission
  const dataFolder = path.resolve(textOption(options, 'data', null) ?? defaultDataFolder())
  const record = await outputFile(call, 'record', [args[0] ?? '', ...filesOf(workspace)])
  if (!record.ok) return record
  const issue = await dataFolderIssue(workspace, dataFolder)
  if (issue !== null) return failed([issue])
  const { value: recordFile } = record
  let recorder: RunRecorder | null = null
  const lab = new Lab({
    iothreadUrl: builtIothreadUrl(),
    dataFolder,
    samplePeriodMs: terminal.redraws && !json ? REDRAW_MS : LINE_MS,
    ...(recordFile !== null && { onArrivals: (arrivals) => recorder?.add(arrivals) }),
  })
  try {
    const applied = await lab.apply(workspace, 1)
    if (!applied.ok) return applied
    if (recordFile !== null) recorder = await RunRecorder.create(recordFile, workspace)
    const show = json ? null : new LiveView(terminal, workspace.name, durationS.value)
    const collector = new CurveCollector(LINE_MS / 1000)
    lab.onSnapshot((snapshot) => {
      if (show !== null) show.draw(snapshot)
      else if (snapshot.state === 'running') collector.add(snapshot)
    })
    await lab.start()
    recorder?.begin(Date.now() - lab.nowNs() / NS_PER_MS)
    await passed(durationS.value * 1000 - lab.nowNs() / NS_PER_MS, signal)
    await lab.pause()
    const result = withGoals(lab.result(), workspace)
    const recorded = await recorder?.end()
    const about = recorded === undefined ? {} : { record: { file: recordFile, ...recorded } }
    const whole = { ...result, workspace, overTime: collector.curves(), ...about }
    if (json) terminal.print(JSON.stringify(whole, null, 2))
    else show?.end(result)
    for (const words of playedHiddenWords(result.hidden ?? [])) terminal.complain(terminal.paint.warn(words))
    if (recorded !== undefined) sayRecorded(recordFile ?? '', recorded, call)
    return ok(recorded !== undefined && recorded.lost > 0 ? 3 : exitCodeOf(result))
  } finally {
    await lab.close()
  }
}

function sayRecorded(file: string, { requests, lost }: RunRecorded, { terminal, json }: CommandCall): void {
  if (!json) terminal.print(`\n${file}: ${counted(requests, 'request')}`)
  if (lost === 0) return
  const words = `${counted(lost, 'request')} ${lost === 1 ? 'is' : 'are'} missing in ${file}: the disk was too slow to take them`
  terminal.complain(terminal.paint.warn(`${words}. Name a file on a faster one, or limit the load.`))
}

/** What the run reads or writes by itself. */
function filesOf({ devices }: Workspace): readonly string[] {
  return devices.flatMap(({ disk, workload }) => [
    ...(disk.kind === 'file' && disk.path !== undefined ? [disk.path] : []),
    ...(workload.kind === 'trace' ? [workload.path] : []),
  ])
}

/** Backing files are large and worth nothing after the run: they belong to a cache, on a disk rather than in memory. */
function defaultDataFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'weir', 'disks')
}

/**
 * Why no backing files can be made there. Looked at before the lab does: to it the folder is a reason at the first disk,
 * which is not what the user has to mend.
 */
async function dataFolderIssue(workspace: Workspace, dataFolder: string): Promise<Issue | null> {
  if (!workspace.devices.some(({ disk }) => disk.kind === 'file' && disk.path === undefined)) return null
  try {
    const folder = await RunFolder.create(dataFolder)
    await folder.remove()
    return null
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'permission') throw error
    const message = `${error.message}; name a folder that can be made and written to`
    return { path: '--data', code: error.code, message }
  }
}

/** A device that stopped is something that broke, although the others ran on. */
function exitCodeOf(result: RunResult): ExitCode {
  if (Object.values(result.devices).some((device) => device.failed !== undefined)) return 3
  return goalExit(result)
}

function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const stop = () => {
      clearTimeout(timer)
      resolve()
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

/** Draws over itself in a terminal, adds lines in a pipe. */
class LiveView {
  readonly #terminal: Terminal
  readonly #name: string
  readonly #durationS: number
  #drawn = 0

  constructor(terminal: Terminal, name: string, durationS: number) {
    this.#terminal = terminal
    this.#name = name
    this.#durationS = durationS
  }

  draw(snapshot: Snapshot): void {
    const { paint } = this.#terminal
    const news = snapshot.events.filter(({ kind }) => kind !== 'started' && kind !== 'paused').map(({ text }) => text)
    if (snapshot.state !== 'running') return
    if (!this.#terminal.redraws) {
      for (const line of [...news.map((text) => `* ${text}`), ...plainLines(snapshot)]) this.#terminal.print(line)
      return
    }
    const page = { paint, columns: this.#terminal.columns(), rows: this.#terminal.rows?.() ?? 24 }
    const lines = liveLines(snapshot, liveTitle(this.#name, snapshot.nowNs, this.#durationS, page), page)
    this.#clear()
    for (const text of news) this.#terminal.print(paint.warn(`* ${text}`))
    for (const line of lines) this.#terminal.print(line)
    this.#drawn = lines.length
  }

  end(result: RunResult): void {
    const { paint } = this.#terminal
    this.#clear()
    if (!this.#terminal.redraws) this.#terminal.print('')
    for (const line of resultLines(result, resultTitle(result), paint)) this.#terminal.print(line)
    for (const line of goalLines(result, paint)) this.#terminal.print(line)
    for (const words of measuredWords(result.recordedLatency ?? [])) this.#terminal.print(words)
  }

  #clear(): void {
    if (this.#drawn > 0) this.#terminal.write(`\u001b[${this.#drawn}A\u001b[0J`)
    this.#drawn = 0
  }
}
