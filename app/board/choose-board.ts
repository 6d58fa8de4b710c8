import path from 'node:path'
import { resolvePaths } from '#main/workspace/file-paths.ts'
import type { ChooseChartReply, ChooseFacts, ChooseSplit, ChooseWhatIf } from '#shared/ipc/choose-contract.ts'
import type { Replies, RequestOf } from '#shared/ipc/contract.ts'
import { formatIssue } from '#shared/issue.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import type { ChooseLoad } from './choose-messages.ts'
import { ChooseRunner } from './choose-runner.ts'

export interface ChoosePorts {
  readonly workerUrl: URL
  /** Where relative paths of the workspace start from. */
  readonly folder: () => string
  /** Asks which recording; null: the user changed their mind. */
  readonly chooseRecording: () => Promise<string | null>
}

/** A board's side of the Choose view: which load is looked at, and its thread. */
export class ChooseBoard {
  readonly #ports: ChoosePorts
  readonly #runner: ChooseRunner
  /** A thread of its own, begun by the first question: a move is not to wait until a load is read. */
  readonly #whatIfs: ChooseRunner
  /** The page names no file: it is the one that the user opened. */
  #recording: string | null = null

  constructor(ports: ChoosePorts) {
    this.#ports = ports
    this.#runner = new ChooseRunner(ports.workerUrl)
    this.#whatIfs = new ChooseRunner(ports.workerUrl)
  }

  async openRecording(): Promise<Replies['choose/open-recording']> {
    const file = await this.#ports.chooseRecording()
    if (file === null) return null
    this.#recording = file
    return { fileName: path.basename(file) }
  }

  /** A file that was dropped; what is in it is told with its chart. */
  openDropped({ path: file }: RequestOf<'choose/open-dropped'>): Replies['choose/open-dropped'] {
    if (file === '') return { ok: false, message: 'What was dropped is not a file on this machine.', issues: [] }
    this.#recording = file
    return { ok: true }
  }

  async chart({ load, bucket, iopsSizeBytes }: RequestOf<'choose/chart'>): Promise<ChooseChartReply> {
    const wanted = this.#loadOf(load)
    if (typeof wanted === 'string') return { ok: false, message: wanted }
    return this.#runner.ask({ ask: 'chart', load: wanted, bucket, iopsSizeBytes })
  }

  facts({ limits }: RequestOf<'choose/facts'>): Promise<ChooseFacts> {
    return this.#runner.ask({ ask: 'facts', limits })
  }

  split(asked: RequestOf<'choose/split'>): Promise<ChooseSplit> {
    return this.#runner.ask({ ask: 'split', ...asked })
  }

  async whatIf({ workspace: value, ...move }: RequestOf<'choose/what-if'>): Promise<ChooseWhatIf> {
    const { device, group } = move
    const workspace = this.#workspaceOf(value)
    if (typeof workspace === 'string') return { ok: false, message: workspace }
    if (findDevice(workspace, device) === undefined) return { ok: false, message: `There is no device ${device}.` }
    if (group !== null && !Object.hasOwn(workspace.groups, group)) {
      return { ok: false, message: `There is no group ${group}.` }
    }
    return this.#whatIfs.ask({ ask: 'what-if', workspace, ...move })
  }

  async close(): Promise<void> {
    await Promise.all([this.#runner.close(), this.#whatIfs.close()])
  }

  /** The load, or why there is none. */
  #loadOf(load: RequestOf<'choose/chart'>['load']): ChooseLoad | string {
    if (load.kind === 'recording') {
      return this.#recording === null ? 'No recording is open.' : { kind: 'file', file: this.#recording }
    }
    if (load.kind === 'measured') return load
    const workspace = this.#workspaceOf(load.workspace)
    if (typeof workspace === 'string') return workspace
    return { kind: 'devices', workspace, ids: load.ids, durationS: load.durationS }
  }

  /** With absolute paths, or what is wrong with it. */
  #workspaceOf(value: unknown): Workspace | string {
    const parsed = parseWorkspace(value)
    return parsed.ok ? resolvePaths(parsed.value, this.#ports.folder()) : parsed.issues.map(formatIssue).join('\n')
  }
}
