import type { GroupSnapshot, LevelSnapshot, Snapshot } from '#shared/snapshot.ts'
import { hasAnyLimit } from '#shared/throttle/limits.ts'
import { type ByteUnits, formatInteger } from '#shared/units.ts'
import type { FlowOf } from '../store/group-use.ts'
import { bindingLevel, formatWait } from '../store/level-waits.ts'
import { type LimitUse, tightestUse, toneOfUse, wordsOfUse } from '../store/limit-use.ts'
import { formatPercent, writeAttribute, writeMetric, writeShare } from '../ui/metric.ts'

interface LevelsView {
  readonly id: string
  readonly units: ByteUnits
  readonly snapshot: Snapshot | null
  readonly flowOf: FlowOf | null
}

/** Writes the levels of a card: what is used of each one's tightest limit, its bucket, and how many requests wait there. */
export function paintLevels(root: HTMLElement, { id, units, snapshot, flowOf }: LevelsView): void {
  const levels = snapshot?.devices[id]?.levels
  const binding = bindingLevel(levels)
  for (const row of root.querySelectorAll<HTMLElement>('[data-level]')) {
    const index = Number(row.dataset.level)
    const group = row.dataset.group === undefined ? undefined : snapshot?.groups[row.dataset.group]
    // Right after an edit the snapshot may be of the chain before.
    const level = levels?.[index]?.group === row.dataset.group ? levels?.[index] : undefined
    writeAttribute(row, 'data-binds', level !== undefined && binding === index ? 'true' : null)
    paintUse(row, { group, use: group && flowOf ? tightestUse(group, flowOf) : null, units })
    paintQueue(row, level)
  }
}

interface Use {
  readonly group: GroupSnapshot | undefined
  readonly use: LimitUse | null
  readonly units: ByteUnits
}

function paintUse(row: HTMLElement, { group, use, units }: Use): void {
  const bucket = use && group?.buckets[use.bucket]
  writeAttribute(row, 'data-tone', use ? toneOfUse(use.bucket) : null)
  writeShare(find(row, 'fill'), use ? use.use / use.limit : 0)
  writeShare(find(row, 'line'), bucket && bucket.size > 0 ? bucket.level / bucket.size : 0)
  writeAttribute(find(row, 'line'), 'data-value', bucket ? String(bucket.level) : '')
  const nothing = group !== undefined && !hasAnyLimit(group.limits) ? 'no limit' : '–'
  writeMetric(find(row, 'use'), use?.use ?? null, use ? wordsOfUse(use, units) : nothing)
  const full = bucket && bucket.size > 0 ? `, bucket ${formatPercent(bucket.level / bucket.size)} full` : ''
  writeAttribute(find(row, 'use'), 'title', use ? `Used of the limit${full}` : null)
}

function paintQueue(row: HTMLElement, level: LevelSnapshot | undefined): void {
  const queued = level?.queued ?? null
  writeAttribute(find(row, 'queue'), 'hidden', level !== undefined && queued === null ? '' : null)
  writeMetric(find(row, 'queued'), queued, queued === null ? '–' : formatInteger(queued))
  const waitNs = level?.waitMeanNs ?? null
  const title =
    waitNs === null ? 'Requests that wait here' : `Requests that wait here, ${formatWait(waitNs)} on average`
  writeAttribute(find(row, 'queue'), 'title', title)
}

function find(row: HTMLElement, part: string): HTMLElement | null {
  return row.querySelector(`[data-part=${part}]`)
}
