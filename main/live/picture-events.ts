import type { SourceEvent } from '#shared/snapshot.ts'
import { describeChanges, fromTo } from '#shared/workspace/changes.ts'
import { captureWorkspace } from './capture.ts'
import { findDisk, type Picture } from './picture.ts'
import type { Staging } from './staging.ts'

interface About {
  readonly atNs: number
  readonly cause: 'by somebody else' | 'while Weir was away'
}

/** What a look found, beside what the user desires. Gives what happened since the look before; null: nothing has changed. */
export function takeFound(staging: Staging, found: Picture, about: About): readonly SourceEvent[] | null {
  const before = staging.picture
  return staging.look(found) ? pictureEvents(before, staging.picture, about) : null
}

/** What happened between two looks without Weir: disks that came and went, limits and places that changed. */
function pictureEvents(before: Picture, after: Picture, { atNs, cause }: About): readonly SourceEvent[] {
  const event = (kind: SourceEvent['kind'], device: string, text: string): SourceEvent => ({
    atNs,
    kind,
    text,
    group: null,
    device,
  })
  const gone = before.disks.filter((disk) => findDisk(after, disk.id) === undefined)
  const come = after.disks.filter((disk) => findDisk(before, disk.id) === undefined)
  const media = after.disks.filter((disk) => (findDisk(before, disk.id)?.medium ?? disk.medium) !== disk.medium)
  const isInBoth = (id: string) => findDisk(before, id)?.medium === true && findDisk(after, id)?.medium === true
  const both = (picture: Picture): Picture => ({
    ...picture,
    disks: picture.disks.filter((disk) => isInBoth(disk.id)).map((disk) => ({ ...disk, sizeBytes: null })),
  })
  const changes = describeChanges(captureWorkspace(both(before), ''), captureWorkspace(both(after), ''))
  return [
    ...gone.map((disk) => event('removed', disk.id, `${disk.id} is gone from the VM`)),
    ...come.map((disk) => event('added', disk.id, `${disk.id} was plugged into the VM`)),
    ...media.map((disk) =>
      event('note', disk.id, `${disk.id} ${disk.medium ? 'has a medium again' : 'lost its medium'}`),
    ),
    ...changes.map(
      ({ subject, from, to }): SourceEvent => ({
        atNs,
        kind: findDisk(after, subject) ? 'moved' : 'limits',
        text: `${subject} ${fromTo({ from, to })}, ${cause}`,
        group: null,
        device: findDisk(after, subject)?.id ?? null,
      }),
    ),
  ]
}
