import type { Workspace } from '#shared/workspace/workspace.ts'
import { adoptNames } from '../adopt-names.ts'
import { captureWorkspace } from '../capture.ts'
import { driftBetween } from '../drift.ts'
import type { Picture } from '../picture.ts'

/** What a VM is otherwise than a workspace says, or than it was when it was seen first. */
export class DriftSince {
  readonly #asked: Workspace | null
  readonly #first = new Map<string, Workspace>()
  /** A picture is asked about once a second and changes rarely. */
  readonly #known = new WeakMap<Picture, readonly string[]>()

  /** null: what was seen first of each VM. */
  constructor(asked: Workspace | null) {
    this.#asked = asked
  }

  of(id: string, picture: Picture): readonly string[] {
    const known = this.#known.get(picture)
    if (known !== undefined) return known
    const desired = this.#asked ?? this.#first.get(id) ?? captureWorkspace(picture, id)
    this.#first.set(id, desired)
    const drift = driftBetween(desired, adoptNames(picture, desired))
    this.#known.set(picture, drift)
    return drift
  }
}
