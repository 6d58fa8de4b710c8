import { type Draft, notUnderstood } from '../draft.ts'
import { keysByName, LIBVIRT_KEYS } from '../limit-names.ts'
import type { XmlElement } from '../text/xml.ts'

// Elements of throttling where libvirt has none: it passes over them or refuses the domain, and so they hold nothing.

const KEYS = keysByName(LIBVIRT_KEYS)
/** `<blkiotune><device>` has limits of the same names, which are reported as a whole. */
const CGROUP_KEYS = /^(read|write)_(bytes|iops)_sec$/

export function reportStrays(draft: Draft, element: XmlElement, inDisk = element.name === 'disk'): void {
  let tunes = 0
  for (const child of element.children) {
    if (child.name === 'iotune') tunes += 1
    if (isStray(child.name, element.name, inDisk)) {
      notUnderstood(draft, element.name, `<${child.name}> limits nothing inside <${element.name}>`)
    } else if (child.name === 'iotune' && tunes > 1) {
      notUnderstood(draft, 'disk', 'a disk has one <iotune>; the first is taken')
    } else if (!['iotune', 'throttlegroup'].includes(child.name)) {
      reportStrays(draft, child, inDisk || child.name === 'disk')
    }
  }
}

function isStray(name: string, parent: string, inDisk: boolean): boolean {
  if (name === 'iotune') return parent !== 'disk'
  if (name === 'throttlefilter') return !inDisk
  return KEYS.has(name) && !(parent === 'device' && CGROUP_KEYS.test(name))
}
