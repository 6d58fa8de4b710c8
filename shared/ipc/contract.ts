import { z } from 'zod'
import type { HostState } from '../host-look.ts'
import type { Issue } from '../issue.ts'
import type { LessonProgress } from '../lessons/lessons.ts'
import type { RunResult } from '../result.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { About } from './about.ts'
import { CHOOSE_REQUESTS, type ChooseReplies } from './choose-contract.ts'
import { differenceSchema } from './difference-contract.ts'
import { FILE_REQUESTS, type FileReplies, type ReadingProgress } from './file-contract.ts'
import { lessonProgressSchema } from './lessons-contract.ts'
import { type HistogramState, LIVE_REQUESTS, type LiftState, type QemuSocket, type RecordingState } from './live-ops.ts'
import type { MenuCommand } from './menu-commands.ts'
import { type Settings, settingsSchema } from './settings-contract.ts'

// Everything that crosses between the window and the main process, in one map per way. The window asks by `REQUESTS`
// (checked against the schema at the main process's edge, together with the sender); the main process tells by `Pushes`.
// Plain data only. A workspace crosses as `unknown` and goes through `parseWorkspace`, the only door.

export type BoardMode = 'lab' | 'qemu' | 'predict'

/** What the window needs beyond snapshots to draw itself; pushed whole whenever a part of it changes. */
export interface DocumentState {
  /** Counts up each time the document was replaced from outside the window (opened, recovered, captured). */
  readonly generation: number
  /** Set when `generation` went up: the window takes it over, with an empty undo history. */
  readonly workspace: Workspace
  /** File name without folder; null: never saved. */
  readonly fileName: string | null
  readonly dirty: boolean
  /** Newest first; the index is what `document/open-recent` takes. */
  readonly recent: readonly string[]
  /** Something the user must know: recovered after a crash, changed on disk, opened twice, read-only. */
  readonly notice: string | null
}

export interface ApplyReply {
  readonly revision: number
  /** Not empty: nothing was applied, the old limits stay in force. */
  readonly issues: readonly Issue[]
}

export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string; readonly issues: readonly Issue[] }

export interface QemuState {
  readonly status: 'detached' | 'connecting' | 'attached' | 'lost'
  readonly address: string | null
  /** Name of the VM, or the socket's. */
  readonly label: string | null
  readonly version: string | null
  /** What the VM does when it does not simply run: `paused`, `migrated away`; null: it runs. */
  readonly vmStatus: string | null
  /** An earlier Apply to this VM ended in the middle, and the VM is neither as before nor as wanted. */
  readonly cutOff: boolean
  readonly histograms: HistogramState
  /** One sentence for the banner: why it is lost, who holds the socket; null: nothing to say. */
  readonly message: string | null
  /** When the last good picture was taken, on the session's clock (as in Snapshot.nowNs). */
  readonly lastSeenNs: number | null
  /** How long a poll takes and how often it is made. */
  readonly pollMs: number
  /** What runs in the VM now, as a workspace; null: not seen yet. */
  readonly reality: Workspace | null
  readonly plan: QemuPlan
  /** Whether Apply also writes what the next start of a libvirt domain has; null: it cannot. */
  readonly nextStart: boolean | null
  /** Where the VM left what the board was opened with: a restart, a migration, somebody else. For people; empty: nowhere. */
  readonly drift: readonly string[]
  /** What QEMU does not report: limits of a drive without medium, a filter's group, rates of a storage daemon. For people. */
  readonly unknown: readonly string[]
  /** On the session's clock, when this was said: `nowNs - lastSeenNs` is the age of the picture. */
  readonly nowNs: number
}

/** What Apply would send. */
export interface QemuPlan {
  readonly changes: readonly QemuChange[]
  /** QMP commands, one JSON object each, in the order in which they go. */
  readonly commands: readonly string[]
  /** `Applying empties the buckets of gold and bulk: both may burst again.` */
  readonly warnings: readonly string[]
  /** What QEMU cannot do while it runs. */
  readonly impossible: readonly string[]
}

export interface QemuChange {
  /** `gold: IOPS`, `batch-etl`. */
  readonly subject: string
  readonly from: string
  readonly to: string
}

export interface QemuApplyReply {
  readonly ok: boolean
  readonly answers: readonly { readonly command: string; readonly ok: boolean; readonly answer: string }[]
  readonly message: string
}

export interface PredictProgress {
  /** Of the run that `predict/run` named. */
  readonly run: number
  /** 0…1 */
  readonly fraction: number
  readonly snapshots: readonly Snapshot[]
  /** At the end. */
  readonly result: RunResult | null
  readonly error: string | null
}

export interface Example {
  readonly id: string
  readonly title: string
  readonly description: string
}

const nothing = z.null()
const text = (max: number) => z.string().max(max)

/** Channel → what the window may send. What comes back is typed by `Replies`. */
export const REQUESTS = {
  /** The window is up: the main process answers with everything it holds and starts pushing. */
  'board/ready': nothing,
  /** The window has drawn what it got: what nobody sees may begin. */
  'board/drawn': nothing,
  /** What the user wants of the document of that `generation`; of another nothing is taken, and the answer is null. */
  'board/apply': z.strictObject({ generation: z.int().min(0), workspace: z.unknown(), revision: z.int().min(0) }),
  /** The same, as what changed since `base`: the revision that was sent before, or null: since `generation` of the document. */
  'board/apply-difference': z.strictObject({
    generation: z.int().min(0),
    base: z.int().min(0).nullable(),
    revision: z.int().min(0),
    difference: differenceSchema,
  }),
  'board/control': z.strictObject({ action: z.enum(['start', 'pause', 'reset']) }),
  'board/mode': z.strictObject({ mode: z.enum(['lab', 'qemu', 'predict']) }),

  'document/new': nothing,
  'document/open': nothing,
  'document/open-recent': z.strictObject({ index: z.int().min(0).max(31) }),
  'document/open-example': z.strictObject({ id: text(128) }),
  /** A file dropped on the window; the preload resolves the path, the page never sees one. */
  'document/open-dropped': z.strictObject({ path: text(4096) }),
  'document/save': z.strictObject({ workspace: z.unknown() }),
  'document/save-as': z.strictObject({ workspace: z.unknown() }),
  'document/import': z.strictObject({ workspace: z.unknown(), name: text(256) }),
  'document/examples': nothing,
  'clipboard/write': z.strictObject({ text: text(64 * 1024 * 1024) }),

  'qemu/sockets': nothing,
  /** A VM, or a host: `libvirt:URI` or a folder of QMP sockets. */
  'qemu/connect': z.strictObject({ address: text(4096) }),
  'qemu/disconnect': nothing,
  /** `commands`: those that the user saw, so that no others are sent; null: whatever is staged. */
  'qemu/apply': z.strictObject({ commands: z.array(z.string()).readonly().nullable() }),
  /** put-back: stages the limits and groups that were lost. adopt: takes what runs in the VM into the workspace. */
  'qemu/drift': z.strictObject({ action: z.enum(['put-back', 'adopt']) }),
  /** Of an Apply that was cut off. finish, put-back: stages it. leave: forgets it. */
  'qemu/cut-off': z.strictObject({ action: z.enum(['finish', 'put-back', 'leave']) }),

  /** Opens the board of a VM of the host that is watched. */
  'host/open-vm': z.strictObject({ id: text(4096) }),
  /** Closes that board again. */
  'host/back': nothing,
  'host/disconnect': nothing,

  'predict/run': z.strictObject({
    run: z.int().min(0),
    workspace: z.unknown(),
    durationS: z
      .number()
      .gt(0)
      .max(30 * 86_400),
    sampleS: z.number().gt(0).max(86_400),
  }),
  'predict/cancel': nothing,

  ...FILE_REQUESTS,
  ...CHOOSE_REQUESTS,
  ...LIVE_REQUESTS,

  'settings/set': settingsSchema,
  /** How far the lessons have been: kept for the next start. */
  'lessons/set': lessonProgressSchema,
  'app/about': nothing,
  /** The licences of everything that is built in, as one text. */
  'app/licences': nothing,
  'app/open-log-folder': nothing,
  'app/copy-diagnostics': nothing,
} as const

export type Channel = keyof typeof REQUESTS
export type RequestOf<C extends Channel> = z.infer<(typeof REQUESTS)[C]>

type DocumentCall = 'new' | 'open' | 'open-recent' | 'open-example' | 'open-dropped' | 'save' | 'save-as' | 'import'

export interface Replies
  extends ChooseReplies,
    FileReplies,
    Readonly<Record<keyof typeof LIVE_REQUESTS | `document/${DocumentCall}`, Outcome>> {
  readonly 'board/ready': {
    readonly mode: BoardMode
    readonly document: DocumentState
    readonly qemu: QemuState
    /** null: no host is watched. */
    readonly host: HostState | null
    readonly lift: LiftState | null
    readonly recording: RecordingState | null
    readonly settings: Settings
    readonly lessons: LessonProgress
    readonly snapshot: Snapshot | null
    readonly about: About
  }
  readonly 'board/drawn': Outcome
  readonly 'board/apply': ApplyReply | null
  /** null: the main process does not hold the base. Nothing was applied; the whole is to be sent. */
  readonly 'board/apply-difference': ApplyReply | null
  readonly 'board/control': Outcome
  readonly 'board/mode': Outcome
  readonly 'document/examples': readonly Example[]
  readonly 'clipboard/write': Outcome
  readonly 'qemu/sockets': readonly QemuSocket[]
  readonly 'qemu/connect': Outcome
  readonly 'qemu/disconnect': Outcome
  readonly 'qemu/apply': QemuApplyReply
  readonly 'qemu/drift': Outcome
  readonly 'host/open-vm': Outcome
  readonly 'host/back': Outcome
  readonly 'host/disconnect': Outcome
  readonly 'qemu/cut-off': Outcome
  readonly 'predict/run': Outcome
  readonly 'predict/cancel': Outcome
  readonly 'settings/set': Outcome
  readonly 'lessons/set': Outcome
  readonly 'app/about': About
  readonly 'app/licences': string
  readonly 'app/open-log-folder': Outcome
  readonly 'app/copy-diagnostics': Outcome
}

/** Push channel → what the main process sends. */
export interface Pushes {
  readonly snapshot: Snapshot
  readonly document: DocumentState
  readonly mode: BoardMode
  readonly qemu: QemuState
  readonly host: HostState | null
  /** null: nothing of the VM on the board is lifted. */
  readonly lift: LiftState | null
  /** null: the VM on the board is not recorded. */
  readonly recording: RecordingState | null
  readonly predict: PredictProgress
  readonly settings: Settings
  readonly reading: ReadingProgress
  readonly menu: MenuCommand
  /** Something went wrong that belongs to no call: iothread died, log full. */
  readonly problem: { readonly message: string; readonly advice: string }
}

export type PushChannel = keyof Pushes

/** What the preload puts on `window.weir`. */
export interface WeirBridge {
  invoke<C extends Channel>(channel: C, payload: RequestOf<C>): Promise<Replies[C]>
  /** Listens to a push channel; the listener takes the payload as JSON text, or in parts (`joinParts`). As an object it would be copied property by
      property into the page: a snapshot of 1 000 devices took 35 to 130 ms of the window's time, its text takes 3.
      Returns the function that stops listening. */
  on(channel: PushChannel, listener: (json: string, isMore: boolean) => void): () => void
  /** Opens a file that the user dropped, as the board's document or as the load to choose limits for. Takes the DOM's
      `File`; the path stays in the preload. */
  openDropped(file: unknown, as: 'document' | 'recording'): Promise<Outcome>
}
