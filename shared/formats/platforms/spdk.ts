import { ok, type Result } from '#shared/issue.ts'
import { hasAnyLimit, type LimitKey, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { MIB } from '#shared/units.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import type { Format, Loss, Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { droppedLimits, lostGroups, SCOPE_NOTE, unsharedGroups } from '../losses.ts'
import { groupMembers } from '../members.ts'
import { shellQuote } from '../text/shell-quoting.ts'
import { roundedForSpdk, SPDK_LIMITS, type SpdkLimit } from './spdk-limits.ts'
import { detectSpdk, readSpdk } from './spdk-read.ts'

// SPDK's bdev_set_qos_limit: four limits in coarse steps, no bursts. All four are written; one that is left out would stay.

const TARGET = 'SPDK'

function lineOf(name: string, limits: Limits): string {
  const options = [...SPDK_LIMITS].map(([key, limit]) => {
    const value = roundedForSpdk(limitOf(limits, key), limit) / limit.unit
    return `--${limit.option.replaceAll('_', '-')} ${value}`
  })
  // A name that begins with a dash stands behind the end of the options.
  const [before, behind] = name.startsWith('-') ? [[], ['--', shellQuote(name)]] : [[shellQuote(name)], []]
  return `${['rpc.py bdev_set_qos_limit', ...before, ...options, ...behind].join(' ')}\n`
}

function saysAnything(limits: Limits): boolean {
  return [...SPDK_LIMITS.keys()].some((key) => limitOf(limits, key) !== 0)
}

function writeSpdk(workspace: Workspace): Result<Written> {
  const losses: Loss[] = []
  const lines = workspace.devices.map((device, index) => {
    const limits = limitsOfInnermost(workspace, device)
    if (saysAnything(limits) || !hasAnyLimit(limits)) return lineOf(device.id, limits)
    const message = `${TARGET} limits requests of reads and writes together only, and ${device.id} has no other limit; no line is written`
    losses.push({ path: `devices[${index}]`, kind: 'dropped', message })
    return ''
  })
  return ok({
    text: lines.join(''),
    losses: [...lostLevels(workspace, TARGET), ...losses, ...lostGroups(workspace, TARGET), ...groupLosses(workspace)],
    notes: [
      'Each disk stands for the bdev of its name. It has no burst: what goes in a millisecond is all that may go in it.',
      SCOPE_NOTE,
    ],
  })
}

function groupLosses(workspace: Workspace): readonly Loss[] {
  const sayable = Object.fromEntries(Object.entries(workspace.groups).filter(([, limits]) => saysAnything(limits)))
  const perGroup = Object.entries(workspace.groups).flatMap(([group, limits]): readonly Loss[] => {
    if (groupMembers(workspace, group).length === 0 || !hasAnyLimit(limits)) return []
    const whole: Loss = {
      path: formatPath(['groups', group]),
      kind: 'dropped',
      message: `${TARGET} has no word for any limit of ${group}`,
    }
    return [
      ...(saysAnything(limits) ? [] : [whole]),
      ...droppedLimits(limits, ['groups', group], TARGET, (key) => SPDK_LIMITS.has(key)),
      ...[...SPDK_LIMITS].flatMap(([key, limit]) => roundedLoss(group, limits, key, limit)),
    ]
  })
  return [...unsharedGroups({ ...workspace, groups: sayable }, TARGET), ...perGroup]
}

function roundedLoss(group: string, limits: Limits, key: LimitKey, limit: SpdkLimit): readonly Loss[] {
  const from = limitOf(limits, key)
  const to = roundedForSpdk(from, limit)
  if (to === from) return []
  const step = limit.unit === MIB ? '1 MiB/s' : '1000 IOPS'
  const message = `${TARGET} takes steps of ${step}; ${from} becomes ${to}`
  return [{ path: formatPath(['groups', group, key]), kind: 'rounded', message, from, to }]
}

export const spdk: Format = {
  id: 'spdk',
  title: 'SPDK',
  family: 'Others',
  direction: 'both',
  fileExtension: '.sh',
  note: 'bdev_set_qos_limit: steps of 1000 IOPS and 1 MiB/s, no bursts, no groups',
  options: [],
  write: writeSpdk,
  read: readSpdk,
  detect: detectSpdk,
}
