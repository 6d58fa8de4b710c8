import { assert } from '#shared/assert.ts'
import { ok } from '#shared/issue.ts'
import { PRINTABLE } from '#shared/printable.ts'
import { BUCKETS, canonicalLimits, hasAnyLimit, limitOf } from '#shared/throttle/limits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { Format, Loss } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { droppedLimits, emptyGroups, limitlessGroups, SCOPE_NOTE, unsharedGroups } from '../losses.ts'
import { groupMembers } from '../members.ts'
import { detectHmp, readHmp } from './hmp-read.ts'
import { type QemuDevice, qemuNames } from './qemu-names.ts'

// HMP's block_set_io_throttle: six averages and nothing else.

function targetOf({ target }: QemuDevice): string {
  return 'id' in target ? target.id : target.device
}

function lineOf(named: QemuDevice, workspace: Workspace): string {
  const { device } = named
  const limits = limitsOfInnermost(workspace, device)
  const name = targetOf(named)
  assert(PRINTABLE.test(name), 'a line of the monitor ends where Weir ends it')
  const quoted = /^[^\s"'\\]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`
  return `block_set_io_throttle ${quoted} ${BUCKETS.map((bucket) => limitOf(limits, bucket)).join(' ')}\n`
}

function droppedEverywhere(workspace: Workspace): readonly Loss[] {
  return Object.entries(workspace.groups).flatMap(([group, limits]) =>
    groupMembers(workspace, group).length > 0 && hasAnyLimit(limits)
      ? droppedLimits(canonicalLimits(limits), ['groups', group], 'HMP', (key) =>
          (BUCKETS as readonly string[]).includes(key),
        )
      : [],
  )
}

export const hmp: Format = {
  id: 'hmp',
  title: 'HMP',
  family: 'QEMU',
  direction: 'both',
  fileExtension: '.hmp.txt',
  note: 'a disk that is in a group already stays in it, and sets the limits of the whole group',
  options: [],
  write: (workspace) => {
    const names = qemuNames(workspace, 'name', 'legacy')
    return ok({
      text: [...names.devices.values()].map((device) => lineOf(device, workspace)).join(''),
      losses: [
        ...lostLevels(workspace, 'HMP'),
        ...names.losses.filter((loss) => !loss.path.startsWith('groups')),
        ...emptyGroups(workspace, 'HMP names no groups'),
        ...limitlessGroups(workspace, 'HMP cannot tell a group without limits from no group'),
        ...unsharedGroups(workspace, 'HMP', (device) => {
          const known = names.devices.get(device.id)
          return known ? targetOf(known) : device.id
        }),
        ...droppedEverywhere(workspace),
      ],
      notes: [SCOPE_NOTE],
    })
  },
  read: readHmp,
  detect: detectHmp,
}
