import type { QemuNames } from '#shared/workspace/workspace.ts'
import { type Draft, type DraftDevice, diskOfSize } from '../draft.ts'
import { listNames } from '../losses.ts'
import { type Backend, isAnonymous, type QemuModel, shortQdev } from './qemu-model.ts'
import { filterNameOf } from './qemu-names.ts'

// The disks and groups of a model as a workspace's devices and groups.

interface Chain {
  /** From the guest's side down. */
  readonly filters: readonly { readonly name: string; readonly group: string }[]
  /** First node below all filters. */
  readonly base: string
}

/** `loose`: whether nodes that nothing is attached to count as disks, as they do for a list of commands or a storage daemon. */
export function draftOfModel(draft: Draft, model: QemuModel, loose: 'loose-nodes-are-disks' | 'only-attached'): void {
  const reached = new Set<string>()
  const below = new Set<string>()
  for (const node of model.nodes.values()) if (node.file !== null) below.add(node.file)
  for (const backend of model.backends) draft.devices.push(deviceOfBackend(draft, model, backend, reached))
  for (const [name, node] of model.nodes) {
    if (node.group !== null && !reached.has(name) && !below.has(name)) {
      draft.devices.push(deviceOfChain(chainOf(model, name, reached)))
    }
  }
  const left: string[] = []
  for (const name of model.nodes.keys()) {
    if (reached.has(name) || below.has(name)) continue
    if (loose === 'loose-nodes-are-disks' && !isAnonymous(name)) draft.devices.push({ id: name, group: null })
    else left.push(name)
  }
  if (left.length > 0)
    draft.notes.push(
      `No disk is attached to ${listNames(left.map((name) => (isAnonymous(name) ? 'an unnamed node' : name)))}; left out.`,
    )
  addGroups(draft, model)
}

function chainOf(model: QemuModel, top: string, reached: Set<string>): Chain {
  const filters: { name: string; group: string }[] = []
  let base = top
  for (let steps = 0; steps <= model.nodes.size; steps += 1) {
    reached.add(base)
    const node = model.nodes.get(base)
    if (!node || node.group === null || node.file === null) break
    filters.push({ name: base, group: node.group })
    base = node.file
  }
  markBelow(model, base, reached)
  return { filters, base }
}

/** What is below a disk's first node, such as a protocol node, is no disk of its own. */
function markBelow(model: QemuModel, base: string, reached: Set<string>): void {
  let name: string | null = base
  for (let steps = 0; steps <= model.nodes.size && name !== null; steps += 1) {
    reached.add(name)
    name = model.nodes.get(name)?.file ?? null
  }
}

function deviceOfChain(chain: Chain, backend: Backend | null = null): DraftDevice {
  const [first, ...others] = chain.filters
  const filter = first?.name ?? null
  const named = !isAnonymous(chain.base)
  const id = backend?.drive ?? (named ? chain.base : filter === null ? 'disk' : filter.replace(/-throttle$/, ''))
  const qemu: QemuNames = {
    ...(backend?.qdev === null || backend?.qdev === undefined ? {} : { qdev: backend.qdev }),
    ...(named && chain.base !== id ? { node: chain.base } : {}),
    ...(filter !== null && !isAnonymous(filter) && filter !== filterNameOf(named ? chain.base : id) ? { filter } : {}),
    style: 'filter',
  }
  const inner = others.map(({ group }) => group)
  return { id, group: first?.group ?? null, inner, qemu, disk: diskOfSize(backend?.sizeBytes ?? null) }
}

function deviceOfBackend(draft: Draft, model: QemuModel, backend: Backend, reached: Set<string>): DraftDevice {
  const chain = backend.node === null ? null : chainOf(model, backend.node, reached)
  const filtered = (chain?.filters.length ?? 0) > 0 || backend.filterGroup !== null
  if (!filtered) return legacyDevice(backend)
  const device =
    chain && chain.filters.length > 0
      ? deviceOfChain(chain, backend)
      : deviceOfChain(
          { filters: [{ name: backend.node ?? '#', group: backend.filterGroup ?? '' }], base: '#' },
          backend,
        )
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
      message: `its limits are not in this text; QEMU tells them with qom-get of /objects/${name}. Taken as unlimited`,
    })
  }
}
