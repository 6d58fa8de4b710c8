import { cornerOf, limitsHolding, type RateAndBucket, withLength } from '#shared/frontier.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import {
  BUCKETS,
  type Bucket,
  canonicalLimits,
  type Limits,
  lengthKey,
  limitOf,
  maxKey,
} from '#shared/throttle/limits.ts'
import { limitsInWords } from '#shared/throttle/words.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { endOfMode } from '../store/chain-actions.ts'
import { type ChooseSource, setChoose, sourceName, useChoose } from '../store/choose.ts'
import { heldBy, sourceDevices, withGroupAlone } from '../store/choose-target.ts'
import { measuredRecording } from '../store/measured-load.ts'
import { hasRoom } from '../store/room.ts'
import { announce, notify, useUi } from '../store/ui.ts'
import { currentWorkspace, edit } from '../store/workspace.ts'
import { invoke, openDropped } from './ipc.ts'

// What the Choose view asks of the main process. Whoever asks again gets the answer to the last question only.

/** Virtual time of loads that are no recordings. */
const DURATION_S = 60

export function chosenBucket(): Bucket {
  const { unit, direction } = useChoose.getState()
  return `${unit}-${direction}`
}

/** Opens the view: on `source`, or on what was looked at before, the selected group, or the first group. */
export function openChoose(source?: ChooseSource): void {
  const before = useChoose.getState().source
  const workspace = currentWorkspace()
  const isThere = (each: ChooseSource | null) => {
    if (each?.kind === 'device') return findDevice(workspace, each.id) !== undefined
    return each !== null && (each.kind === 'recording' || Object.hasOwn(workspace.groups, each.group))
  }
  const group = useUi.getState().selectedGroup ?? Object.keys(workspace.groups)[0]
  const fallback: ChooseSource | null = group === undefined ? null : { kind: 'group', group }
  setChoose({ open: true, source: source ?? (isThere(before) ? before : fallback) })
}

export async function openRecording(): Promise<void> {
  const opened = await invoke('choose/open-recording', null)
  if (opened !== null) setChoose({ open: true, source: { kind: 'recording', fileName: opened.fileName } })
}

/** Of a file dropped on the window while the view is open. */
export async function openDroppedRecording(file: File): Promise<Outcome> {
  const outcome = await openDropped(file, 'recording')
  if (outcome.ok) setChoose({ open: true, source: { kind: 'recording', fileName: file.name } })
  return outcome
}

let question = 0

/** Reads the load of the source and draws what it needs. */
export async function refreshChart(): Promise<void> {
  const { source } = useChoose.getState()
  question += 1
  const mine = question
  const isLast = () => mine === question
  if (source === null) return setChoose({ status: 'empty', chart: null, message: '' })
  const workspace = currentWorkspace()
  const load = loadOf(source, workspace)
  if (load === null) {
    return setChoose({ status: 'failed', chart: null, message: unknownWords(source) })
  }
  setChoose({ status: 'working', message: '' })
  const iopsSizeBytes = limitOf(todayLimits() ?? {}, 'iops-size')
  const bucket = chosenBucket()
  const said = await invoke('choose/chart', { load, bucket, iopsSizeBytes }).catch(refusal)
  if (!isLast()) return
  if (!said.ok) return setChoose({ status: 'failed', chart: null, message: said.message })
  if (said.chart.requests === 0) {
    return setChoose({ status: 'failed', chart: null, message: emptyWords() })
  }
  const { percentile, waitS } = useChoose.getState()
  const proposed = cornerOf(said.chart.most ?? said.chart.frontier, { percentile, waitS }, said.chart.meanRate)
  setChoose({ status: 'ready', chart: said.chart, proposed, todayFacts: null, proposedFacts: null, split: null })
  await Promise.all([refreshToday(), refreshProposed()])
}

function loadOf(source: ChooseSource, workspace: Workspace) {
  if (source.kind === 'recording') return { kind: 'recording' as const }
  if (useUi.getState().mode === 'qemu') {
    const name = sourceName(source)
    const devices = sourceDevices(workspace, source).map(({ id }) => id)
    const text = measuredRecording(workspace, devices, name)
    return text === null ? null : { kind: 'measured' as const, name, text }
  }
  const ids = sourceDevices(workspace, source).flatMap(({ id, workload }) => (workload.kind === 'idle' ? [] : [id]))
  return ids.length === 0 ? null : { kind: 'devices' as const, workspace, ids, durationS: DURATION_S }
}

function emptyWords(): string {
  const { direction } = useChoose.getState()
  return direction === 'total' ? 'There is no request in this load.' : `There are no ${direction}s in this load.`
}

function unknownWords(source: ChooseSource): string {
  const name = sourceName(source)
  if (useUi.getState().mode === 'qemu') return `${name} has asked for nothing since Weir began to watch this VM.`
  return source.kind === 'device'
    ? `Nothing is known of what ${name} asks for: it has no load.`
    : `Nothing is known of what the disks of ${name} ask for: they have no load.`
}

function refusal(error: unknown): { readonly ok: false; readonly message: string } {
  return { ok: false, message: error instanceof Error ? error.message : String(error) }
}

/** The limits that hold the source's load and no other today; null: there are none. */
export function todayLimits(): Limits | null {
  const workspace = currentWorkspace()
  const group = heldBy(workspace, useChoose.getState().source)
  return group === null ? null : (workspace.groups[group] ?? null)
}

export async function refreshToday(): Promise<void> {
  const limits = todayLimits()
  if (limits === null || useChoose.getState().chart === null) return setChoose({ todayFacts: null })
  const said = await invoke('choose/facts', { limits }).catch(refusal)
  if (said.ok && todayLimits() === limits) setChoose({ todayFacts: said.facts })
}

let isAsking = false

/** While an answer is under way only the latest proposal is kept: a drag asks as often as there are answers. */
async function refreshProposed(): Promise<void> {
  if (isAsking) return
  isAsking = true
  try {
    for (;;) {
      const { proposed, chart } = useChoose.getState()
      if (proposed === null || chart === null) return
      const limits = limitsHolding(chart.bucket, proposed)
      const said = await invoke('choose/facts', { limits }).catch(refusal)
      if (useChoose.getState().proposed !== proposed) continue
      if (said.ok) setChoose({ proposedFacts: said.facts })
      return
    }
  } finally {
    isAsking = false
  }
}

/** A burst keeps its length as far as the new one can have it. */
export function propose(point: RateAndBucket): void {
  const lengthS = point.lengthS ?? useChoose.getState().proposed?.lengthS ?? 1
  setChoose({ proposed: withLength(point, lengthS) })
  void refreshProposed()
}

/** What staging makes of the group's limits: what this one replaces goes, the others stay. QEMU takes no total beside reads or writes. */
export function stagedLimits(before: Limits, bucket: Bucket, point: RateAndBucket): Limits {
  const cleared = Object.fromEntries(
    replacedBy(bucket).flatMap((each) => [
      [each, 0],
      [maxKey(each), 0],
      [lengthKey(each), 1],
    ]),
  )
  return canonicalLimits({ ...before, ...cleared, ...limitsHolding(bucket, point) })
}

/** A total replaces all of its unit; reads or writes replace themselves and the total. */
export function replacedBy(bucket: Bucket): readonly Bucket[] {
  const [unit = '', direction] = bucket.split('-')
  return BUCKETS.filter(
    (each) => each.startsWith(unit) && (direction === 'total' || each === bucket || each === `${unit}-total`),
  )
}

/** Limits of its own for a device that has none, or those of a group. */
export type StageTarget = { readonly group: string } | { readonly alone: string }

/** Puts the proposed limits on the board: one step for Undo. On a live VM they wait for Apply like any edit. */
export function stageProposed(target: StageTarget): void {
  const { proposed, chart } = useChoose.getState()
  if (proposed === null || chart === null) return
  if ('alone' in target && !hasRoom(currentWorkspace(), { groups: 1, levels: 1 })) return
  const placed =
    'group' in target
      ? { workspace: currentWorkspace(), group: target.group }
      : withGroupAlone(currentWorkspace(), target.alone, endOfMode())
  const { group } = placed
  if (group === null) return
  const limits = stagedLimits(placed.workspace.groups[group] ?? {}, chart.bucket, proposed)
  edit(`Chosen limits of ${group}`, () => setLimits(placed.workspace, group, limits))
  const words = limitsInWords(limits, useUi.getState().settings.units)
  const sentence = `${group}: ${words}.`
  notify(
    'ok',
    sentence,
    useUi.getState().mode === 'qemu'
      ? 'Staged: Apply sends them to the VM.'
      : 'On the board now; Undo takes them back.',
  )
  announce(sentence)
}
