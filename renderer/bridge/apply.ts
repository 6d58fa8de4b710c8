import type { ApplyReply } from '#shared/ipc/contract.ts'
import type { Issue } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// Sends requests down the one-way street: at most one apply is under way, and while it is only the latest request is kept.
// A slider that reports 60 values a second thus costs as many applies as the engine takes, and the last one always goes.

export interface ApplyRequest {
  readonly workspace: Workspace
  readonly revision: number
}

export interface ApplyPort {
  send(request: ApplyRequest): Promise<ApplyReply>
  /** Issues of the request that was answered; called for the latest request only. */
  answered(issues: readonly Issue[]): void
  broke(error: unknown): void
}

export interface Applier {
  /** Takes the newest request; an older one that has not gone yet is dropped. */
  request(request: ApplyRequest): void
}

export function createApplier(port: ApplyPort): Applier {
  let underWay = false
  let next: ApplyRequest | null = null

  async function run(): Promise<void> {
    underWay = true
    while (next) {
      const request: ApplyRequest = next
      next = null
      try {
        const reply = await port.send(request)
        if (!next) port.answered(reply.issues)
      } catch (error) {
        port.broke(error)
      }
    }
    underWay = false
  }

  return {
    request(request) {
      next = request
      if (!underWay) void run()
    },
  }
}
