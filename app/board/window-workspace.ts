import type { RequestOf } from '#shared/ipc/contract.ts'
import { applyDifference, isWorkspaceLike, type WorkspaceLike } from '#shared/workspace/difference.ts'
import type { KnownDevices } from '#shared/workspace/known-devices.ts'
import { parseSoundPart, type SoundPart } from '#shared/workspace/sound-limits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// The workspace as the window has it, mistakes and all, so that it need send only what it changed. A difference names
// what it starts from: the generation of the document and the revision that was sent before. Of anything else it is not
// applied: the window then sends the whole.

interface Held {
  readonly generation: number
  /** null: as the document was when it was opened, which the window has from here. */
  readonly revision: number | null
  /** null: it was no workspace at all. */
  readonly value: WorkspaceLike | null
}

export interface OpenDocument {
  readonly workspace: Workspace
  /** Counts up each time the document was replaced from outside the window. */
  readonly generation: number
}

export class WindowWorkspace {
  readonly #document: OpenDocument
  /** Holds only what nobody else has: the window's objects as they came, and the document's, which never change. */
  readonly #known: KnownDevices = new WeakMap()
  #held: Held | null = null

  constructor(document: OpenDocument) {
    this.#document = document
  }

  /** The window sent `value` whole, or a difference that came to it: what of it can be in force. */
  take(value: unknown, revision: number): SoundPart {
    const { generation, workspace } = this.#document
    this.#held = { generation, revision, value: isWorkspaceLike(value) ? value : null }
    return parseSoundPart(value, workspace, this.#known)
  }

  /** What the difference comes to; null: it starts from something that is not held. */
  withDifference({ generation, base, difference }: RequestOf<'board/apply-difference'>): WorkspaceLike | null {
    const held = this.#current()
    if (held.generation !== generation || held.revision !== base || held.value === null) return null
    return applyDifference(held.value, difference)
  }

  #current(): Held {
    const { generation, workspace } = this.#document
    if (this.#held?.generation === generation) return this.#held
    for (const device of workspace.devices) this.#known.set(device, device)
    this.#held = { generation, revision: null, value: { ...workspace } }
    return this.#held
  }
}
