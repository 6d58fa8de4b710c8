import { assert } from '#shared/assert.ts'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot, SourceEvent } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { PartSnapshot } from './part-simulation.ts'

// What the parts of a workspace say at one moment, put together: lanes and devices in the order of the workspace, events
// in the order of the script. So it does not matter who simulated which part, nor who was done first.

export function mergeSnapshots(workspace: Workspace, parts: readonly PartSnapshot[]): Snapshot {
  const [first] = parts
  assert(first !== undefined, 'a workspace has a part')
  if (parts.length === 1) return first.snapshot
  return {
    ...first.snapshot,
    groups: inOrder(
      Object.keys(workspace.groups),
      parts.map(({ snapshot }) => snapshot.groups),
    ),
    devices: inOrder(
      idsOf(workspace),
      parts.map(({ snapshot }) => snapshot.devices),
    ),
    events: mergeEvents(parts),
  }
}

export function mergeResults(workspace: Workspace, parts: readonly RunResult[]): RunResult {
  const [first] = parts
  assert(first !== undefined, 'a workspace has a part')
  if (parts.length === 1) return first
  return {
    ...first,
    devices: inOrder(
      idsOf(workspace),
      parts.map(({ devices }) => devices),
    ),
    groups: inOrder(
      Object.keys(workspace.groups),
      parts.map(({ groups }) => groups),
    ),
  }
}

function idsOf({ devices }: Workspace): readonly string[] {
  return devices.map(({ id }) => id)
}

function inOrder<T>(names: readonly string[], records: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  const found = new Map(records.flatMap((record) => Object.entries(record)))
  return Object.fromEntries(names.map((name) => [name, found.get(name) as T])) // each is in one part
}

function mergeEvents(parts: readonly PartSnapshot[]): readonly SourceEvent[] {
  const events = parts.flatMap(({ snapshot, turns }) =>
    snapshot.events.map((event, index) => ({ event, turn: turns[index]! })),
  )
  return events.sort((a, b) => a.turn - b.turn).map(({ event }) => event)
}
