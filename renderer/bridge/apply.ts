import type { ApplyReply } from '#shared/ipc/contract.ts'
import type { Issue } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// Sends wishes down the one-way street: at most one apply is under way, and while it is only the latest wish is kept.
// A slider that reports 60 values a second thus costs as many applies as the engine takes, and the last one always goes.

export interface Wish {
  readonly workspace: Workspace
  readonly revision: number
}

export interface ApplyPort {
  send(wish: Wish): Promise<ApplyReply>
  /** Issues of the wish that was answered; called for the latest wish only. */
  answered(issues: readonly Issue[]): void
  broke(error: unknown): void
}

export interface Applier {
  /** Takes the newest wish; an older one that has not gone yet is dropped. */
  wish(wish: Wish): void
}

export function createApplier(port: ApplyPort): Applier {
  let underWay = false
  let next: Wish | null = null

  async function run(): Promise<void> {
    underWay = true
    while (next) {
      const wish: Wish = next
      next = null
      try {
        const reply = await port.send(wish)
        if (!next) port.answered(reply.issues)
      } catch (error) {
        port.broke(error)
      }
    }
    underWay = false
  }

  return {
    wish(wish) {
      next = wish
      if (!underWay) void run()
    },
  }
}
