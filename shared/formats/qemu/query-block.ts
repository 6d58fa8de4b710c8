import { limitsOfLegacy } from '#shared/qemu/legacy-limits.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import { isObject, type JsonObject, member, objectMember, textMember } from '../text/json-stream.ts'
import {
  addBackend,
  type Backend,
  findBackend,
  leaveLegacyGroup,
  type QemuModel,
  setGroupLimits,
  shortQdev,
} from './qemu-model.ts'

// The reply to `query-block`. The presence of `group` tells whether a disk is throttled; of a filter only the group's name
// shows, inside the text of a `json:` file name, and its limits not at all.

export function applyQueryBlock(draft: Draft, model: QemuModel, views: readonly unknown[]): void {
  for (const view of views) if (isObject(view)) applyView(draft, model, view)
}

function applyView(draft: Draft, model: QemuModel, view: JsonObject): void {
  const drive = textMember(view, 'device') ?? ''
  const qdev = textMember(view, 'qdev')
  const inserted = member(view, 'inserted')
  const name = drive !== '' ? drive : (qdev ?? 'a disk')
  if (!isObject(inserted)) {
    notUnderstood(draft, name, 'no medium is in it, so QEMU does not show its limits; left out')
    return
  }
  const backend = backendOfView(model, drive, qdev, textMember(inserted, 'node-name'))
  const size = member(objectMember(inserted, 'image'), 'virtual-size')
  backend.sizeBytes = typeof size === 'number' ? size : backend.sizeBytes
  backend.filterGroup = filterGroupOf(inserted)
  const group = textMember(inserted, 'group')
  if (group === null) {
    leaveLegacyGroup(model, backend)
    return
  }
  if (backend.group !== group) leaveLegacyGroup(model, backend)
  backend.group = group
  setGroupLimits(model, group, limitsOfLegacy(inserted))
}

function backendOfView(model: QemuModel, drive: string, qdev: string | null, node: string | null): Backend {
  const known =
    (drive !== '' ? findBackend(model, 'drive', drive) : null) ??
    (qdev === null
      ? null
      : (model.backends.find((each) => each.qdev !== null && shortQdev(each.qdev) === shortQdev(qdev)) ?? null))
  const backend = known ?? addBackend(model, {})
  if (drive !== '') backend.drive = drive
  if (qdev !== null) backend.qdev = qdev
  if (node !== null) backend.node = node
  return backend
}

function filterGroupOf(inserted: JsonObject): string | null {
  const file = textMember(inserted, 'file') ?? ''
  if (textMember(inserted, 'drv') !== 'throttle' || !file.startsWith('json:')) return null
  try {
    return textMember(JSON.parse(file.slice('json:'.length)), 'throttle-group')
  } catch {
    // QEMU cuts long file names off, so that the JSON does not end.
    return /"throttle-group": "([^"\\]+)"/.exec(file)?.[1] ?? null
  }
}
