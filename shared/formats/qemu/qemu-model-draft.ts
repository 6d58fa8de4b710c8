import type { QemuNames } from '#shared/workspace/workspace.ts'
import { type Draft, type DraftDevice, diskOfSize } from '../draft.ts'
import { listNames } from '../losses.ts'
import { type Backend, isAnonymous, type QemuModel, shortQdev } from './qemu-model.ts'
import { filterNameOf } from './qemu-names.ts'

// The disks and groups of a model as a workspace's devices and groups.

interface Chain {
  /** From the guest's side down. */
  readonly filters: readonly { readonly name: string; readonly group: string }[]
  /** First node that is no filter. */
  readonly base: string
  /** What the lowest filter stands on. */
  readonly beneath: string
  /** The first filter is below the image format. */
  readonly isLow: boolean
}

/** `loose`: whether nodes that nothing is attached to count as disks, as they do for a list of commands or a storage daemon. */
export function draftOfModel(draft: Draft, model: QemuModel, loose: 'loose-nodes-are-disks' | 'only-attached'): void {
  const reached = new Set<string>()
  const below = new Set(model.children)
  for (const node of model.nodes.values()) if (node.file !== null) below.add(node.file)
  for (const backend of model.backends) draft.devices.push(deviceOfBackend(draft, model, backend, reached))
  const plain: string[] = []
  for (const name of model.nodes.keys()) {
    if (reached.has(name) || below.has(name)) continue
    const chain = chainOf(model, name, reached)
    if (chain.filters.length > 0) draft.devices.push(deviceOfChain(draft, chain))
    else plain.push(name)
  }
  const isDisk = (name: string) => loose === 'loose-nodes-are-disks' && !isAnonymous(name)
  for (const name of plain) if (isDisk(name)) draft.devices.push({ id: name, group: null })
  const left = plain.filter((name) => !isDisk(name))
  if (left.length > 0)
    draft.notes.push(
      `No disk is attached to ${listNames(left.map((name) => (isAnonymous(name) ? 'an unnamed node' : name)))}; left out.`,
    )
  addGroups(draft, model)
}

/** All filters between a guest's disk and its image's file; what is below a disk's first node is no disk of its own. */
function chainOf(model: QemuModel, top: string, reached: Set<string>): Chain {
  const filters: { name: string; group: string }[] = []
  let base: string | null = null
  let beneath: string | null = null
  let isLow = false
  let at = top
  for (let steps = 0; steps <= model.nodes.size; steps += 1) {
    reached.add(at)
    const node = model.nodes.get(at)
    if (node && node.group !== null && node.file !== null) {
      isLow ||= filters.length === 0 && base !== null
      filters.push({ name: at, group: node.group })
      beneath = node.file
    } else {
      base ??= at
    }
    if (!node || node.file === null) break
    at = node.file
  }
  return { filters, base: base ?? at, beneath: beneath ?? at, isLow }
}

function deviceOfChain(draft: Draft, chain: Chain, backend: Backend | null = null): DraftDevice {
  const [first, ...others] = chain.filters
  const filter = first?.name ?? null
  const named = !isAnonymous(chain.base)
  const id = backend?.drive ?? (named ? chain.base : filter === null ? 'disk' : filter.replace(/-throttle$/, ''))
  const node = chain.isLow ? chain.beneath : chain.base
  const usual = filterNameOf(isAnonymous(node) ? id : node)
  const qemu: QemuNames = {
    ...(backend?.qdev === null || backend?.qdev === undefined ? {} : { qdev: backend.qdev }),
    ...(isAnonymous(node) || node === id ? {} : { node }),
    ...(filter !== null && !isAnonymous(filter) && filter !== usual ? { filter } : {}),
    style: 'filter',
  }
  if (chain.isLow) {
    draft.notes.push(
      `The throttle filter of ${id} is below its image format: it holds what the format reads and writes, which may be more or fewer requests than the guest’s.`,
    )
  }
  const inner = others.map(({ group }) => group)
  return { id, group: first?.group ?? null, inner, qemu, disk: diskOfSize(backend?.sizeBytes ?? null) }
}

function deviceOfBackend(draft: Draft, model: QemuModel, backend: Backend, reached: Set<string>): DraftDevice {
  const chain = backend.node === null ? null : chainOf(model, backend.node, reached)
  const filtered = (chain?.filters.length ?? 0) > 0 || backend.filterGroup !== null
  if (!filtered) return legacyDevice(backend)
  const seen = { filters: [{ name: backend.node ?? '#', group: backend.filterGroup ?? '' }], base: '#', beneath: '#' }
  const device = deviceOfChain(draft, chain && chain.filters.length > 0 ? chain : { ...seen, isLow: false }, backend)
  if (backend.group !== null) {
    draft.losses.push({
      path: device.id,
      kind: 'dropped',
      message: `the disk is in the group ${backend.group} besides that of its filter; Weir knows filters or limits of its own and keeps ${device.group}`,
    })
  }
  return device
}

function legacyDevice(backend: Backend): DraftDevice {
  const id = backend.drive ?? (backend.qdev === null ? (backend.node ?? 'disk') : shortQdev(backend.qdev))
  const qemu: QemuNames = {
    ...(backend.qdev === null ? {} : { qdev: backend.qdev }),
    ...(backend.node === null || backend.node === id || isAnonymous(backend.node) ? {} : { node: backend.node }),
    ...(backend.group === null ? {} : { style: 'legacy' as const }),
  }
  return { id, group: backend.group, qemu, disk: diskOfSize(backend.sizeBytes) }
}

function addGroups(draft: Draft, model: QemuModel): void {
  for (const [name, limits] of [...model.objects, ...model.legacyGroups]) draft.groups.set(name, limits)
  const unknown = new Set<string>()
  for (const { group, inner = [] } of draft.devices)
    for (const each of [group, ...inner]) if (each !== null && !draft.groups.has(each)) unknown.add(each)
  for (const name of unknown) {
    draft.groups.set(name, {})
    draft.losses.push({
      path: `groups.${name}`,
      kind: 'not-understood',
      message: `its limits are not in this text; qom-get of /objects/${name} shows them. Taken as unlimited`,
    })
  }
}
