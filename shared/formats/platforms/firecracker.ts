import { ok, type Result } from '#shared/issue.ts'
import { hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import type { Format, Loss, Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { freeDevicesNote, lostGroups, SCOPE_NOTE, unsharedGroups } from '../losses.ts'
import { groupMembers } from '../members.ts'
import { mapNames, type NameRule } from '../names.ts'
import { named } from '../qemu/qemu-names.ts'
import { shellQuote } from '../text/shell-quoting.ts'
import { detectFirecracker, readFirecracker } from './firecracker-read.ts'
import { hasTokenBucket, LIMITERS, TOKEN_BUCKET_NOTES, tokenBucket, tokenBucketLosses } from './token-bucket.ts'

// Calls to Firecracker's API that give each drive of a running VM its rate limiter. It knows no groups.

const TARGET = 'Firecracker'

/** As its API takes ids of drives. */
const DRIVE_ID: NameRule = {
  legal: /^[A-Za-z0-9_]+$/,
  illegal: /[^A-Za-z0-9_]+/g,
  maxLength: 64,
  reserved: new Set(),
  stem: 'drive',
  dash: '_',
}

function rateLimiter(limits: Limits) {
  return Object.fromEntries(
    LIMITERS.flatMap((limiter) => {
      const bucket = tokenBucket(limits, limiter)
      return bucket === null ? [] : [[limiter, { size: bucket.size, refill_time: bucket.refillMs }]]
    }),
  )
}

function callOf(id: string, limits: Limits): string {
  const body = JSON.stringify({ drive_id: id, rate_limiter: rateLimiter(limits) })
  return `curl --unix-socket "$SOCKET" -X PATCH http://localhost/drives/${id} -H 'Content-Type: application/json' -d ${shellQuote(body)}\n`
}

function writeFirecracker(workspace: Workspace): Result<Written> {
  const ids = mapNames(
    workspace.devices.map((device) => device.id),
    DRIVE_ID,
    new Set(),
  )
  const losses: Loss[] = []
  const lines = workspace.devices.map((device, index) => {
    const limits = limitsOfInnermost(workspace, device)
    const path = `devices[${index}]`
    if (!hasAnyLimit(limits)) return ''
    if (!hasTokenBucket(limits)) {
      const message = `${TARGET} limits reads and writes together only, and ${device.id} has no such limit; no call is written`
      losses.push({ path, kind: 'dropped', message })
      return ''
    }
    const id = named(ids, device.id)
    if (id !== device.id) {
      const message = `${TARGET} takes no drive ${JSON.stringify(device.id)}; it is called ${id}`
      losses.push({ path: `${path}.id`, kind: 'renamed', message, from: device.id, to: id })
    }
    return callOf(id, limits)
  })
  return ok({
    text: lines.join(''),
    losses: [
      ...lostLevels(workspace, TARGET),
      ...losses,
      ...lostGroups(workspace, TARGET),
      ...groupLosses(workspace, ids),
    ],
    notes: [
      'Set SOCKET to the VM’s API socket first.',
      ...TOKEN_BUCKET_NOTES,
      ...freeDevicesNote(workspace, 'no call is needed.'),
      SCOPE_NOTE,
    ],
  })
}

function groupLosses(workspace: Workspace, ids: ReadonlyMap<string, string>): readonly Loss[] {
  const sayable = Object.fromEntries(Object.entries(workspace.groups).filter(([, limits]) => hasTokenBucket(limits)))
  const perGroup = Object.entries(workspace.groups).flatMap(([group, limits]): readonly Loss[] => {
    if (groupMembers(workspace, group).length === 0) return []
    if (!hasAnyLimit(limits) || hasTokenBucket(limits)) return tokenBucketLosses(group, limits, TARGET)
    const message = `${TARGET} limits reads and writes together only; ${group} is left out`
    return [{ path: formatPath(['groups', group]), kind: 'dropped', message }]
  })
  return [...unsharedGroups({ ...workspace, groups: sayable }, TARGET, ({ id }) => named(ids, id)), ...perGroup]
}

export const firecracker: Format = {
  id: 'firecracker',
  title: 'Firecracker',
  family: 'Others',
  direction: 'both',
  fileExtension: '.sh',
  note: 'a rate limiter for each drive: token buckets, no groups, no limits of reads or writes alone',
  options: [],
  write: writeFirecracker,
  read: readFirecracker,
  detect: detectFirecracker,
}
