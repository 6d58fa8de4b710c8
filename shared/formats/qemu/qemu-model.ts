import type { LegacyTarget } from '#shared/qemu/qmp-commands.ts'
import { hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import { MAX_DEVICES } from '#shared/workspace/workspace.ts'
import { isObject, type JsonObject, member, textMember } from '../text/json-stream.ts'
import { newPlaces, type Places } from './qemu-places.ts'

// As much of a QEMU as throttling needs, built up from commands, a command line or views.
//
//   backend (what a guest's disk is attached to: -drive id, qdev id)   legacy group: on the backend
//      └ node (filter) ── file ── node (filter) ── file ── node        filter groups: on the nodes
//
// Groups have one name space; those without an object live as long as their last legacy member.

interface BlockNode {
  readonly file: string | null
  /** Of a throttle filter; null: some other driver. */
  readonly group: string | null
}

export interface Backend {
  drive: string | null
  qdev: string | null
  /** Top node attached; null: not known. */
  node: string | null
  /** Legacy group. */
  group: string | null
  sizeBytes: number | null
  /** Seen through `query-block`, which names the group of a filter but not what is below it. */
  filterGroup: string | null
}

export interface QemuModel {
  readonly objects: Map<string, Limits>
  readonly legacyGroups: Map<string, Limits>
  readonly nodes: Map<string, BlockNode>
  readonly backends: Backend[]
  /** Nodes that others stand on otherwise than by `file`: backing images and the like. */
  readonly children: Set<string>
  /** Where drives stand: qemu-places.ts. */
  readonly places: Places
}

export function newQemuModel(): QemuModel {
  return {
    objects: new Map(),
    legacyGroups: new Map(),
    nodes: new Map(),
    backends: [],
    children: new Set(),
    places: newPlaces(),
  }
}

type BackendKey = 'drive' | 'qdev' | 'node'

export function findBackend(model: QemuModel, key: BackendKey, name: string): Backend | null {
  return model.backends.find((backend) => backend[key] === name) ?? null
}

export function addBackend(model: QemuModel, parts: Partial<Backend>): Backend {
  const backend: Backend = {
    drive: null,
    qdev: null,
    node: null,
    group: null,
    sizeBytes: null,
    filterGroup: null,
    ...parts,
  }
  // One more than a workspace holds is enough to refuse them all; every look-up here is linear.
  if (model.backends.length <= MAX_DEVICES) model.backends.push(backend)
  return backend
}

export function removeBackends(model: QemuModel, isGone: (backend: Backend) => boolean): void {
  for (const backend of model.backends.filter(isGone)) {
    leaveLegacyGroup(model, backend)
    model.backends.splice(model.backends.indexOf(backend), 1)
  }
}

/** `/machine/peripheral/vd0/virtio-backend` and `vd0` are one disk. */
export function shortQdev(qdev: string): string {
  return qdev.replace(/^\/machine\/(peripheral|peripheral-anon|unattached)\//, '').replace(/\/virtio-backend$/, '')
}

/** The name that `block_set_io_throttle` takes: the disks of virtio-blk and usb-storage are children of the device. */
export function qdevOfDriver(driver: string | null, id: string): string {
  if (driver?.startsWith('virtio-blk')) return `/machine/peripheral/${id}/virtio-backend`
  return driver === 'usb-storage' ? `/machine/peripheral/${id}/${id}.0/legacy[0]` : id
}

export function backendOfQdev(model: QemuModel, qdev: string): Backend {
  const short = shortQdev(qdev)
  const found = model.backends.find((backend) => backend.qdev !== null && shortQdev(backend.qdev) === short)
  return found ?? addBackend(model, { qdev })
}

function backendOfTarget(model: QemuModel, target: LegacyTarget): Backend {
  if ('id' in target) {
    const backend = backendOfQdev(model, target.id)
    backend.qdev = target.id
    return backend
  }
  return findBackend(model, 'drive', target.device) ?? addBackend(model, { drive: target.device })
}

/** A guest device attached to a drive or to a node. */
export function attach(model: QemuModel, qdev: string, drive: string): void {
  const byDrive = findBackend(model, 'drive', drive)
  if (byDrive) {
    byDrive.qdev = qdev
    return
  }
  backendOfQdev(model, qdev).node = drive
}

/** A guest device that has no id, and so no name by which QEMU's commands reach it. */
export function attachUnnamed(model: QemuModel, drive: string): void {
  if (!model.backends.some((backend) => backend.drive === drive)) addBackend(model, { node: drive })
}

interface GroupLimits {
  readonly group: string
  readonly limits: Limits
}

/** As QEMU's `block_set_io_throttle` command. What its group had before; null: the disk leaves its group. */
export function setLegacyLimits(
  model: QemuModel,
  target: LegacyTarget,
  limits: Limits,
  group: string | null,
): GroupLimits | null {
  const backend = backendOfTarget(model, target)
  if (!hasAnyLimit(limits)) {
    leaveLegacyGroup(model, backend)
    return null
  }
  const given = 'id' in target ? target.id : target.device
  const next = group ?? backend.group ?? given
  if (backend.group !== next) leaveLegacyGroup(model, backend)
  backend.group = next
  const before = model.objects.get(next) ?? model.legacyGroups.get(next) ?? {}
  setGroupLimits(model, next, limits)
  return { group: next, limits: before }
}

/** The name of an object reaches that object. */
export function setGroupLimits(model: QemuModel, group: string, limits: Limits): void {
  const table = model.objects.has(group) ? model.objects : model.legacyGroups
  table.set(group, limits)
}

export function leaveLegacyGroup(model: QemuModel, backend: Backend): void {
  const left = backend.group
  backend.group = null
  if (left !== null && !model.backends.some((other) => other.group === left)) model.legacyGroups.delete(left)
}

/** Adds the nodes of a `blockdev-add` (or of a -drive's options) and returns the name of the top one. */
export function addNode(model: QemuModel, options: JsonObject): string {
  const name = textMember(options, 'node-name') ?? anonymousName(model)
  // Its place in the order is before its children's.
  model.nodes.set(name, { file: null, group: null })
  for (const [key, child] of Object.entries(options)) if (key !== 'file') addChild(model, key, child)
  const file = member(options, 'file')
  const fileName = typeof file === 'string' ? file : isObject(file) ? addNode(model, file) : null
  const group = textMember(options, 'driver') === 'throttle' ? textMember(options, 'throttle-group') : null
  model.nodes.set(name, { file: fileName, group })
  return name
}

/** QEMU makes up a name for each, such as #block123. */
function anonymousName(model: QemuModel): string {
  return `#anonymous${model.nodes.size}`
}

const REFERENCES: ReadonlySet<string> = new Set(['backing', 'image', 'target'])

/** A definition of another node within this one, such as `backing`, or its name; other objects are settings of the driver. */
function addChild(model: QemuModel, key: string, child: unknown): void {
  if (isObject(child) && typeof member(child, 'driver') === 'string') model.children.add(addNode(model, child))
  else if (typeof child === 'string' && REFERENCES.has(key)) model.children.add(child)
}

export function isAnonymous(node: string): boolean {
  return node.startsWith('#')
}
