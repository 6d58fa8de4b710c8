import type { Workspace } from '#shared/workspace/workspace.ts'

/**
 * Which files of the user's the lab may write to. Both a page that was taken over and whoever wrote a workspace can put
 * any path into it, so the user is asked in a dialog of the system, once for each file and window.
 */
export class WriteConsent {
  readonly #ask: (files: readonly string[]) => Promise<boolean>
  readonly #given = new Set<string>()
  readonly #refused = new Set<string>()
  #isAsking = false

  constructor(ask: (files: readonly string[]) => Promise<boolean>) {
    this.#ask = ask
  }

  /** True when the user agrees, now or earlier, to every file that `workspace`, whose paths are absolute, writes to. */
  async covers(workspace: Workspace): Promise<boolean> {
    const unknown = writtenFiles(workspace).filter((file) => !this.#given.has(file))
    if (unknown.length === 0) return true
    if (this.#isAsking || unknown.some((file) => this.#refused.has(file))) return false
    this.#isAsking = true
    try {
      const isGiven = await this.#ask(unknown)
      for (const file of unknown) (isGiven ? this.#given : this.#refused).add(file)
      return isGiven
    } finally {
      this.#isAsking = false
    }
  }

  /** Start was pressed: who refused before is asked again. */
  forgetRefusals(): void {
    this.#refused.clear()
  }
}

function writtenFiles({ devices }: Workspace): readonly string[] {
  const files = devices.flatMap(({ disk }) => (disk.kind === 'file' && disk.write && disk.path ? [disk.path] : []))
  return [...new Set(files)]
}
