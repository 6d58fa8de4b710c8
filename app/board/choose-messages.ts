import type { ChooseFacts, ChoosePicture } from '#shared/ipc/choose-contract.ts'
import type { Bucket, Limits } from '#shared/throttle/limits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

/** Whose load is looked at. Paths are absolute. */
export type ChooseLoad =
  | {
      readonly kind: 'devices'
      readonly workspace: Workspace
      readonly ids: readonly string[]
      readonly durationS: number
    }
  | { readonly kind: 'file'; readonly file: string }

/** What the thread is asked: a picture of a load, or what limits do to the load of the picture before. */
export type ChooseOrder =
  | { readonly ask: 'picture'; readonly load: ChooseLoad; readonly bucket: Bucket; readonly iopsSizeBytes: number }
  | { readonly ask: 'facts'; readonly limits: Limits }

export type ChooseAnswer = ChoosePicture | ChooseFacts

export interface NumberedOrder {
  readonly id: number
  readonly order: ChooseOrder
}

export interface NumberedAnswer {
  readonly id: number
  readonly answer: ChooseAnswer
}
