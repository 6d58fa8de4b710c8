import { z } from 'zod'
import type { FrontierPicture, LimitFacts } from '../frontier.ts'
import { BUCKETS } from '../throttle/limits.ts'
import { limitsSchema, nameSchema } from '../workspace/schema.ts'

// The part of the contract that the Choose view uses: what a load needs, and what limits do to it.

export type ChoosePicture =
  | { readonly ok: true; readonly picture: FrontierPicture }
  | { readonly ok: false; readonly message: string }

export type ChooseFacts =
  | { readonly ok: true; readonly facts: LimitFacts }
  | { readonly ok: false; readonly message: string }

export const CHOOSE_REQUESTS = {
  /** What a load needs: devices as if nothing limited them, or the recording that was opened last. */
  'choose/picture': z.strictObject({
    load: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('devices'),
        workspace: z.unknown(),
        ids: z.array(nameSchema).min(1).max(1024),
        durationS: z.number().gt(0).max(3600),
      }),
      z.strictObject({ kind: z.literal('recording') }),
    ]),
    bucket: z.enum(BUCKETS),
    iopsSizeBytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  }),
  /** What limits do to the load of the last picture. */
  'choose/facts': z.strictObject({ limits: limitsSchema }),
  /** Open dialog; the recording stays in the main process. */
  'choose/open-recording': z.null(),
} as const

export interface ChooseReplies {
  readonly 'choose/picture': ChoosePicture
  readonly 'choose/facts': ChooseFacts
  /** Its file name; null: the user cancelled. */
  readonly 'choose/open-recording': { readonly fileName: string } | null
}
