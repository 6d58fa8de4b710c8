import type { QmpEvent } from '#main/qmp/qmp-wire.ts'
import type { BlockJob } from '#shared/block-job.ts'
import type {
  DeviceSnapshot,
  FlowSnapshot,
  RunState,
  Snapshot,
  SourceEvent,
  SourceEventKind,
} from '#shared/snapshot.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { meaningOf } from './event-meaning.ts'
import { JobWatch } from './jobs/live-jobs.ts'
import { type Look, Observer } from './observer.ts'
import { findDisk } from './picture.ts'
import type { Staging } from './staging.ts'

/** More events than this between two snapshots are noise. */
const MAX_EVENTS = 200

const SILENT: FlowSnapshot = {
  iops: 0,
  bps: 0,
  requests: 0,
  bytes: 0,
  delayed: null,
  queued: null,
  waitP50Ns: null,
  waitP99Ns: null,
  serviceP50Ns: null,
  serviceP99Ns: null,
  waitMeanNs: null,
  latencyMeanNs: null,
}

interface Made {
  readonly state: RunState
  readonly jobs: readonly BlockJob[]
}

/** Makes the session's snapshots: what was observed, what the board shows beyond it, what happened. */
export class SnapshotMaker {
  readonly observer = new Observer()
  readonly #jobs = new JobWatch()
  #events: SourceEvent[] = []
  #latest: Snapshot | null = null
  #revision = 0

  get latest(): Snapshot | null {
    return this.#latest
  }

  note(events: readonly SourceEvent[]): void {
    this.#events = [...this.#events, ...events].slice(-MAX_EVENTS)
  }

  /** Something about the VM as a whole. */
  noteText(kind: SourceEventKind, text: string, atNs: number): void {
    this.note([{ atNs, kind, text, group: null, device: null }])
  }

  /** An event of QEMU's. True: it may come with other disks, media or groups. */
  noteEvent(event: QmpEvent, atNs: number): boolean {
    const { concernsDisks, text } = meaningOf(event)
    if (text !== null) this.noteText('note', text, atNs)
    return concernsDisks
  }

  make(look: Look, { picture, desired, appliedRevision }: Staging, about: Made): Snapshot {
    const { state } = about
    const jobs = this.#jobs.look(picture, about.jobs, look.atNs)
    const { groups, devices, restarted } = this.observer.observe(picture, look)
    if (restarted.length > 0) this.noteText('note', 'The counters restarted: the VM was restarted', look.atNs)
    const absent = desired.devices.filter((device) => findDisk(picture, device.id) === undefined)
    const gone = Object.fromEntries(absent.map((device) => [device.id, goneDevice(outermostGroup(device))]))
    return this.#keep({
      source: 'qemu',
      revision: 0,
      appliedRevision,
      state,
      nowNs: look.atNs,
      groups,
      devices: { ...devices, ...gone },
      events: [],
      ...(jobs.length === 0 ? {} : { jobs }),
    })
  }

  /** The last picture once more, for the events since; null: there was none. */
  repeat(nowNs: number, state: RunState): Snapshot | null {
    return this.#latest === null ? null : this.#keep({ ...this.#latest, nowNs, state })
  }

  #keep(snapshot: Snapshot): Snapshot {
    this.#revision += 1
    this.#latest = { ...snapshot, revision: this.#revision, events: this.#events }
    this.#events = []
    return this.#latest
  }
}

function goneDevice(group: string | null): DeviceSnapshot {
  return {
    group,
    iothread: null,
    status: 'gone',
    reason: 'The VM has no such disk.',
    advice: 'Attach it to the VM again, or remove this card.',
    read: SILENT,
    write: SILENT,
    demandIops: null,
    throttledShare: null,
    waitCounts: [],
  }
}
