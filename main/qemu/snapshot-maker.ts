import type { DeviceSnapshot, FlowSnapshot, RunState, Snapshot, SourceEvent } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { type Look, Observer } from './observer.ts'
import { findDisk, type Picture } from './picture.ts'

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
}

/** Makes the session's snapshots: what was observed, what the board shows beyond it, what happened. */
export class SnapshotMaker {
  readonly observer = new Observer()
  #events: SourceEvent[] = []
  #latest: Snapshot | null = null
  #revision = 0

  get latest(): Snapshot | null {
    return this.#latest
  }

  note(events: readonly SourceEvent[]): void {
    this.#events = [...this.#events, ...events].slice(-MAX_EVENTS)
  }

  make(
    look: Look,
    about: {
      readonly picture: Picture
      readonly wish: Workspace
      readonly appliedRevision: number
      readonly state: RunState
    },
  ): Snapshot {
    const { groups, devices, restarted } = this.observer.observe(about.picture, look)
    if (restarted.length > 0) {
      const text = 'The counters began anew: the VM was restarted'
      this.note([{ atNs: look.atNs, kind: 'note', text, group: null, device: null }])
    }
    const absent = about.wish.devices.filter((device) => findDisk(about.picture, device.id) === undefined)
    const gone = Object.fromEntries(absent.map((device) => [device.id, goneDevice(device.group)]))
    return this.#keep({
      source: 'qemu',
      revision: 0,
      appliedRevision: about.appliedRevision,
      state: about.state,
      nowNs: look.atNs,
      groups,
      devices: { ...devices, ...gone },
      events: [],
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
    read: SILENT,
    write: SILENT,
    demandIops: null,
    throttledShare: null,
    waitCounts: [],
  }
}
