import { z } from 'zod'
import type { FrontierChart, LimitFacts, SplitComparison } from '../frontier.ts'
import type { Issue } from '../issue.ts'
import type { RunResult } from '../result.ts'
import { BUCKETS } from '../throttle/limits.ts'
import { limitsSchema, nameSchema } from '../workspace/schema.ts'

// The part of the contract that the Choose view uses: what a load needs, and what limits do to it.

export type ChooseChartReply =
  | { readonly ok: true; readonly chart: FrontierChart }
  | { readonly ok: false; readonly message: string }

export type ChooseFacts =
  | { readonly ok: true; readonly facts: LimitFacts }
  | { readonly ok: false; readonly message: string }

export type ChooseSplit =
  /** null: one disk has nobody to share with. */
  { readonly ok: true; readonly split: SplitComparison | null } | { readonly ok: false; readonly message: string }

export type ChooseWhatIf =
  | { readonly ok: true; readonly before: RunResult; readonly after: RunResult }
  | { readonly ok: false; readonly message: string }

const measuredText = z.string().max(16 * 1024 * 1024)
const durationS = z.number().gt(0).max(3600)

export const CHOOSE_REQUESTS = {
  /** What a load needs: devices as if nothing limited them, the recording that was opened last, or what was measured. */
  'choose/chart': z.strictObject({
    load: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('devices'),
        workspace: z.unknown(),
        ids: z.array(nameSchema).min(1).max(1024),
        durationS,
      }),
      z.strictObject({ kind: z.literal('recording') }),
      /** What the window has measured of a live VM, as the text of a recording. */
      z.strictObject({
        kind: z.literal('measured'),
        name: nameSchema,
        text: measuredText,
      }),
    ]),
    bucket: z.enum(BUCKETS),
    iopsSizeBytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  }),
  /** What limits do to the load of the last chart. */
  'choose/facts': z.strictObject({ limits: limitsSchema }),
  /** Apart or shared: what the disks of the last chart need, without a burst, to keep the promise. */
  'choose/split': z.strictObject({
    bucket: z.enum(BUCKETS),
    iopsSizeBytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
    percentile: z.union([z.literal(95), z.literal(99), z.literal(99.9), z.literal(100)]),
    waitS: z.number().min(0).max(1e6),
  }),
  /** What a move would change; nothing is moved. `measured`: the loads of a live VM's disks, as the text of a recording. */
  'choose/what-if': z.strictObject({
    workspace: z.unknown(),
    measured: measuredText.nullable(),
    device: nameSchema,
    group: nameSchema.nullable(),
    durationS,
  }),
  /** Open dialog; the recording stays in the main process. */
  'choose/open-recording': z.null(),
  /** The same of a file dropped on the window; the preload resolves the path, the page never sees one. */
  'choose/open-dropped': z.strictObject({ path: z.string().max(4096) }),
} as const

export interface ChooseReplies {
  readonly 'choose/chart': ChooseChartReply
  readonly 'choose/facts': ChooseFacts
  readonly 'choose/split': ChooseSplit
  readonly 'choose/what-if': ChooseWhatIf
  /** Its file name; null: the user cancelled. */
  readonly 'choose/open-recording': { readonly fileName: string } | null
  readonly 'choose/open-dropped':
    | { readonly ok: true }
    | { readonly ok: false; readonly message: string; readonly issues: readonly Issue[] }
}
