import type { LimitKey, Limits } from '#shared/throttle/limits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { Picture, PictureGroup } from './picture.ts'

// What an aim is made from, and what it is of one group.

export interface AimInput {
  /** With the names of `desired` (adoptNames). */
  readonly picture: Picture
  /** What the user started from. For a file on its own: the capture of the picture. */
  readonly base: Workspace
  readonly desired: Workspace
  /** edit: what is missing in `desired` but in `base` was taken away. file: what is missing is left alone. */
  readonly scope: 'edit' | 'file'
}

export interface GroupAim {
  readonly name: string
  /** undefined: it is to be made. */
  readonly now: PictureGroup | undefined
  /** null: not known, and not touched. */
  readonly limits: Limits | null
  /** The keys to be changed. */
  readonly changed: readonly LimitKey[]
  /** The user made it while editing. Of a file it cannot be told, and a group left by its last disk must not come back. */
  readonly made: boolean
  /** It is in `desired`. */
  readonly inDesired: boolean
  /** What it is to be holds for the VM's next start as well: a file says so of all it names, an edit of what it changes. */
  readonly persists: boolean
}
