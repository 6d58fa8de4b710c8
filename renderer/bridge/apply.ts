import type { ApplyReply, RequestOf } from '#shared/ipc/contract.ts'
import type { Issue } from '#shared/issue.ts'
import { differenceOf } from '#shared/workspace/difference.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// Sends requests down the one-way street: at most one apply is under way, and while it is only the latest request is kept.
// A slider that reports 60 values a second thus costs as many applies as the engine takes, and the last one always goes.
// What goes is what changed since the last one that was answered; where the main process does not hold that, the whole.

export interface ApplyRequest {
  readonly workspace: Workspace
  readonly revision: number
}

export interface ApplyPort {
  /** Resolves to null if the main process has another document than that of `generation`. */
  send(request: RequestOf<'board/apply'>): Promise<ApplyReply | null>
  /** Resolves to null if the main process does not hold what the difference starts from. */
  sendDifference(request: RequestOf<'board/apply-difference'>): Promise<ApplyReply | null>
  /** Issues of the request that was answered; called for the latest request only. */
  answered(issues: readonly Issue[]): void
  broke(error: unknown): void
}

export interface Applier {
  /** Takes the newest request; an older one that has not gone yet is dropped. */
  request(request: ApplyRequest): void
  /** The main process replaced the document: it holds `workspace`, and what was to be sent is of another one. */
  replaced(workspace: Workspace, generation: number): void
}

/** What both sides hold. */
interface Base {
  readonly workspace: Workspace
  /** null: as the document was opened. */
  readonly revision: number | null
}

export function createApplier(port: ApplyPort): Applier {
  let underWay = false
  let next: ApplyRequest | null = null
  let base: Base | null = null
  let generation = 0

  async function run(): Promise<void> {
    underWay = true
    while (next) {
      const request: ApplyRequest = next
      next = null
      try {
        const reply = await apply(request)
        if (!next && reply) port.answered(reply.issues)
      } catch (error) {
        port.broke(error)
      }
    }
    underWay = false
  }

  /** null: the document was replaced meanwhile, and the request is of the one before. */
  async function apply(request: ApplyRequest): Promise<ApplyReply | null> {
    const [from, sentIn] = [base, generation]
    // Until it is answered nobody knows what is held there.
    base = null
    const answer = from && (await sendFrom(from, request))
    const reply = answer ?? (generation === sentIn ? await port.send({ ...request, generation: sentIn }) : null)
    if (generation !== sentIn || reply === null) return null
    base = request
    return reply
  }

  function sendFrom(from: Base, { workspace, revision }: ApplyRequest): Promise<ApplyReply | null> {
    const difference = differenceOf(from.workspace, workspace)
    return port.sendDifference({ generation, base: from.revision, revision, difference })
  }

  return {
    request(request) {
      next = request
      if (!underWay) void run()
    },
    replaced(workspace, replacedBy) {
      next = null
      generation = replacedBy
      base = { workspace, revision: null }
    },
  }
}
