import path from 'node:path'
import { resolvePaths } from '#main/workspace/file-paths.ts'
import type { ChooseFacts, ChoosePicture } from '#shared/ipc/choose-contract.ts'
import type { Replies, RequestOf } from '#shared/ipc/contract.ts'
import { formatIssue } from '#shared/issue.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
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
  /** The page names no file: it is the one that the user opened. */
  #recording: string | null = null

  constructor(ports: ChoosePorts) {
    this.#ports = ports
    this.#runner = new ChooseRunner(ports.workerUrl)
  }

  async openRecording(): Promise<Replies['choose/open-recording']> {
    const file = await this.#ports.chooseRecording()
    if (file === null) return null
    this.#recording = file
    return { fileName: path.basename(file) }
  }

  async picture({ load, bucket, iopsSizeBytes }: RequestOf<'choose/picture'>): Promise<ChoosePicture> {
    const wanted = this.#loadOf(load)
    if (typeof wanted === 'string') return { ok: false, message: wanted }
    return this.#runner.picture({ ask: 'picture', load: wanted, bucket, iopsSizeBytes })
  }

  facts({ limits }: RequestOf<'choose/facts'>): Promise<ChooseFacts> {
    return this.#runner.facts({ ask: 'facts', limits })
  }

  close(): Promise<void> {
    return this.#runner.close()
  }

  /** The load, or why there is none. */
  #loadOf(load: RequestOf<'choose/picture'>['load']): ChooseLoad | string {
    if (load.kind === 'recording') {
      return this.#recording === null ? 'No recording is open.' : { kind: 'file', file: this.#recording }
    }
    const parsed = parseWorkspace(load.workspace)
    if (!parsed.ok) return parsed.issues.map(formatIssue).join('\n')
    const workspace = resolvePaths(parsed.value, this.#ports.folder())
    return { kind: 'devices', workspace, ids: load.ids, durationS: load.durationS }
  }
}
