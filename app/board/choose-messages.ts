import type { ChooseChartReply, ChooseFacts, ChooseSplit, ChooseWhatIf } from '#shared/ipc/choose-contract.ts'
import type { RequestOf } from '#shared/ipc/contract.ts'
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
  | { readonly kind: 'measured'; readonly name: string; readonly text: string }

/** What the thread is asked: a chart of a load, what limits do to the load of the chart before or what its disks need apart and shared, or what a move would change. */
export type ChooseOrder =
  | { readonly ask: 'chart'; readonly load: ChooseLoad; readonly bucket: Bucket; readonly iopsSizeBytes: number }
  | { readonly ask: 'facts'; readonly limits: Limits }
  | ({ readonly ask: 'split' } & RequestOf<'choose/split'>)
  | WhatIfOrder

export interface WhatIfOrder extends Omit<RequestOf<'choose/what-if'>, 'workspace'> {
  readonly ask: 'what-if'
  readonly workspace: Workspace
}

/** What is answered to each order. */
export interface ChooseAnswers {
  readonly chart: ChooseChartReply
  readonly facts: ChooseFacts
  readonly split: ChooseSplit
  readonly 'what-if': ChooseWhatIf
}

export type ChooseAnswer = ChooseAnswers[keyof ChooseAnswers]

export interface NumberedOrder {
  readonly id: number
  readonly order: ChooseOrder
}

export interface NumberedAnswer {
  readonly id: number
  readonly answer: ChooseAnswer
}
