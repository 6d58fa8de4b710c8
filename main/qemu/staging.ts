import type { Workspace } from '#shared/workspace/workspace.ts'
import { adoptNames } from './adopt-names.ts'
import { captureWorkspace } from './capture.ts'
import { driftBetween } from './drift.ts'
import type { Picture } from './picture.ts'
import { makePlan, type Plan } from './plan.ts'
import { openingWorkspace, rebase } from './rebase.ts'

/** The user's wish beside what runs: what is staged, what drifted. Nothing here talks to QEMU. */
export class Staging {
  #base: Workspace
  #wish: Workspace
  /** As QEMU names things. */
  #found: Picture
  #picture: Picture
  #plan: Plan | null = null

  /** `open`: the document on the board, which may be about this VM or not. */
  constructor(found: Picture, open: Workspace | null, name: string) {
    this.#found = found
    this.#wish = open === null ? captureWorkspace(found, name) : openingWorkspace(found, open, name)
    this.#base = this.#wish
    this.#picture = adoptNames(found, this.#wish)
    this.#settle()
  }

  get wish(): Workspace {
    return this.#wish
  }

  /** With the wish's names. */
  get picture(): Picture {
    return this.#picture
  }

  get reality(): Workspace {
    return captureWorkspace(this.#picture, this.#wish.name)
  }

  stage(wish: Workspace): void {
    this.#wish = wish
    this.#settle()
  }

  look(found: Picture): void {
    this.#found = found
    this.#settle()
  }

  /** What was lost counts as decided by the user from now on, so that the plan brings it back. */
  putBack(): void {
    this.#base = this.reality
    this.#plan = null
  }

  plan(): Plan {
    this.#plan ??= makePlan({ picture: this.#picture, base: this.#base, wish: this.#wish, scope: 'edit' })
    return this.#plan
  }

  drift(): readonly string[] {
    return driftBetween(this.#base, this.#picture)
  }

  #settle(): void {
    this.#picture = adoptNames(this.#found, this.#wish)
    this.#base = rebase(this.#base, this.#wish, this.reality)
    this.#plan = null
  }
}
