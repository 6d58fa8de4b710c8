import { type BlockView, countersKey, groupOfFileName, type NodeView, type StatsView } from '#main/qmp/qmp-views.ts'
import { shortQdev } from '#shared/formats/qemu/qemu-model.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { freeName } from '#shared/workspace/edits.ts'
import {
  chainThrough,
  groupsInOrder,
  noMediumWords,
  type Picture,
  type PictureDisk,
  type PictureFilter,
  type PictureGroup,
  type ReopenDrains,
} from './picture.ts'
import { weirNames } from './weir-names.ts'

/** Everything one look asked for, typed. */
export interface Views {
  readonly blocks: readonly BlockView[]
  readonly nodes: readonly NodeView[]
  readonly stats: readonly StatsView[]
  /** query-blockstats with query-nodes: every node and what is below it. */
  readonly nodeStats: readonly StatsView[]
  readonly objects: readonly { readonly name: string; readonly limits: Limits }[]
  readonly exports: readonly { readonly id: string; readonly node: string }[]
  readonly daemon: boolean
  /** libvirt started it. */
  readonly isLibvirts: boolean
  /** `7.2.22` */
  readonly version: string
  readonly status: string | null
}

/** A disk before names are Weir's. */
interface Found {
  readonly drive: string | null
  readonly qdev: string | null
  readonly root: string | null
  readonly legacy: { readonly group: string; readonly limits: Limits } | null
  readonly medium: boolean
  readonly sizeBytes: number | null
  readonly countersKey: string | null
}

export function readPicture(views: Views): Picture {
  const nodes = new Map(views.nodes.map((node) => [node.node, node]))
  const below = childrenOf(views)
  const found = [...views.blocks.flatMap(foundBlock), ...foundExports(views, below, nodes)]
  const chains = found.map(({ root }) => chainFrom(root, below))
  const filters = chains.map((chain) => chain.filter((node) => nodes.get(node)?.driver === 'throttle'))
  const groupOf = (node: string) => groupOfFileName(nodes.get(node)?.file ?? '')
  const names = weirNames([
    ...new Set([
      ...found.flatMap(({ legacy }, index) => [
        ...(legacy ? [legacy.group] : []),
        ...(filters[index] ?? []).flatMap((node) => groupOf(node) ?? []),
      ]),
      ...views.objects.map(({ name }) => name),
    ]),
  ])
  const weirName = (qemuName: string) => names.get(qemuName) ?? qemuName
  const ids = diskIds(found)
  const disks = found.map((disk, index): PictureDisk => {
    const own = (filters[index] ?? []).map((node) => filterOf(node, { nodes, below, weirName, group: groupOf(node) }))
    const target = disk.qdev !== null ? { id: disk.qdev } : disk.drive !== null ? { device: disk.drive } : null
    return {
      id: ids[index] ?? '',
      groups: chainThrough(disk.legacy ? weirName(disk.legacy.group) : null, own),
      style: disk.legacy || own.length === 0 ? 'legacy' : 'filter',
      medium: disk.medium,
      sizeBytes: disk.sizeBytes,
      drive: disk.drive,
      qdev: disk.qdev,
      target: views.daemon ? null : target,
      node: (chains[index] ?? []).find((node) => nodes.get(node)?.driver !== 'throttle') ?? null,
      filters: own,
      countersKey: disk.countersKey,
    }
  })
  const groups = pictureGroups(found, disks, { names, objects: views.objects })
  const backing = new Map(views.stats.map((view) => [view.key, view.backing]))
  const snapshots = disks.flatMap((disk) =>
    (backing.get(disk.countersKey ?? '') ?? [])
      .filter((node) => nodes.get(node)?.driver === 'throttle')
      // QEMU names what is below a filter its backing, too: an inner level of the disk's chain is no snapshot.
      .filter((node) => !disk.filters.some((filter) => filter.node === node))
      .map((node) => snapshotWords(disk, node, groupOf(node))),
  )
  const unknown = [...unknownThings({ disks, groups, views, weirName, backing }), ...snapshots]
  const { daemon, status } = views
  return { disks, groups, unknown, daemon, status, reopenDrains: reopenDrains(views.version) }
}

function reopenDrains(version: string): ReopenDrains {
  const major = Number.parseInt(version, 10)
  if (major >= 10) return 'whole-vm'
  return major >= 8 ? 'unknown' : 'its-disk'
}

function foundBlock(block: BlockView): readonly Found[] {
  const drive = block.device === '' ? null : block.device
  const { inserted } = block
  const root = inserted?.node ?? null
  if (drive === null && block.qdev === null && root === null) return []
  return [
    {
      drive,
      qdev: block.qdev,
      root,
      legacy: inserted?.group == null ? null : { group: inserted.group, limits: inserted.limits },
      medium: inserted !== null,
      sizeBytes: inserted?.sizeBytes ?? null,
      countersKey: countersKey(drive, block.qdev, root),
    },
  ]
}

/** What is exported, and in the storage daemon every node that stands on top. Nothing counts its requests. */
function foundExports(
  views: Views,
  below: ReadonlyMap<string, string>,
  nodes: ReadonlyMap<string, NodeView>,
): readonly Found[] {
  const roots = new Set(views.blocks.map((block) => block.inserted?.node))
  const inner = new Set(below.values())
  const paths = new Set([
    ...views.exports.map(({ node }) => node),
    ...(views.daemon ? [...nodes.keys()].filter((node) => !inner.has(node)) : []),
  ])
  // QEMU's order of nodes differs between versions.
  return [...paths]
    .filter((node) => !roots.has(node))
    .sort()
    .map((root) => ({
      drive: null,
      qdev: null,
      root,
      legacy: null,
      medium: true,
      sizeBytes: nodes.get(root)?.sizeBytes ?? null,
      countersKey: null,
    }))
}

/** Node → the node below it on the way of its data. */
function childrenOf(views: Views): ReadonlyMap<string, string> {
  const below = new Map<string, string>()
  for (const { chain } of [...views.stats, ...views.nodeStats]) {
    for (const [index, node] of chain.entries()) {
      const child = chain[index + 1]
      if (child !== undefined) below.set(node, child)
    }
  }
  for (const { node, fileChild } of views.nodes) if (fileChild !== null) below.set(node, fileChild)
  return below
}

function chainFrom(root: string | null, below: ReadonlyMap<string, string>): readonly string[] {
  const chain: string[] = []
  for (let node = root ?? undefined; node !== undefined && !chain.includes(node); node = below.get(node))
    chain.push(node)
  return chain
}

interface FilterContext {
  readonly nodes: ReadonlyMap<string, NodeView>
  readonly below: ReadonlyMap<string, string>
  readonly weirName: (qemuName: string) => string
  readonly group: string | null
}

function filterOf(node: string, { nodes, below, weirName, group }: FilterContext): PictureFilter {
  const view = nodes.get(node)
  const cache = {
    ...(view?.cacheDirect ? { direct: true } : {}),
    ...(view?.cacheNoFlush ? { 'no-flush': true } : {}),
  }
  return {
    node,
    group: group === null ? null : weirName(group),
    file: below.get(node) ?? null,
    keep: {
      ...(view?.readOnly ? { 'read-only': true } : {}),
      ...(view && view.detectZeroes !== 'off' ? { 'detect-zeroes': view.detectZeroes } : {}),
      ...(Object.keys(cache).length > 0 ? { cache } : {}),
    },
  }
}

/** -drive id, else qdev id, else node name; a qdev without an id of its own is known by its place in the machine. */
function diskIds(found: readonly Found[]): readonly string[] {
  const names = found.map(({ drive, qdev, root }) => {
    if (drive !== null) return drive
    const short = qdev === null ? null : shortQdev(qdev)
    if (short !== null && !/^device\[\d+\]$/.test(short)) return short
    return root !== null && !root.startsWith('#') ? root : (short ?? root ?? '')
  })
  const taken = new Set(names)
  const distinct = names.map((name, index) => {
    if (names.indexOf(name) === index) return name
    const free = freeName(taken, `${name}-${index}`)
    taken.add(free)
    return free
  })
  const shown = weirNames(distinct)
  return distinct.map((name) => shown.get(name) ?? name)
}

function pictureGroups(
  found: readonly Found[],
  disks: readonly PictureDisk[],
  about: { readonly names: ReadonlyMap<string, string>; readonly objects: Views['objects'] },
): readonly PictureGroup[] {
  const objects = new Map(about.objects.map(({ name, limits }) => [name, limits]))
  const legacy = new Map(
    found.flatMap((disk) => (disk.legacy ? [[disk.legacy.group, disk.legacy.limits] as const] : [])),
  )
  const order = new Set([...groupsInOrder(disks), ...about.names.values()])
  const qemuNames = new Map([...about.names].map(([qemuName, name]) => [name, qemuName]))
  return [...order].map((name) => {
    const qemuName = qemuNames.get(name) ?? name
    const limits = objects.get(qemuName) ?? legacy.get(qemuName) ?? null
    return { name, qemuName, isObject: objects.has(qemuName), limits }
  })
}

function unknownThings({
  disks,
  groups,
  views,
  weirName,
  backing,
}: {
  readonly disks: readonly PictureDisk[]
  readonly groups: readonly PictureGroup[]
  readonly views: Views
  readonly weirName: (qemuName: string) => string
  readonly backing: ReadonlyMap<string, readonly string[]>
}): readonly string[] {
  const used = new Set([
    ...disks.flatMap((disk) => disk.filters.map((filter) => filter.node)),
    ...[...backing.values()].flat(),
  ])
  const loose = views.nodes.filter((node) => node.driver === 'throttle' && !used.has(node.node))
  return [
    ...disks.flatMap(diskUnknowns),
    ...groups
      .filter((group) => group.limits === null)
      .map(({ name }) => `${name}: only filters are in it and it has no object, so QEMU does not report its limits.`),
    ...loose.map((node) => {
      const group = groupOfFileName(node.file)
      return `Filter ${node.node}${group === null ? '' : ` of ${weirName(group)}`} is above no disk that Weir can see.`
    }),
    ...(views.daemon && disks.length > 0
      ? ['The storage daemon counts no requests: rates, bucket levels and waits are unknown.']
      : []),
    ...(views.isLibvirts || views.nodes.some(({ node }) => LIBVIRTS_NODE.test(node)) ? [LIBVIRT_WORDS] : []),
  ]
}

/** Names of nodes give it away, too. */
const LIBVIRTS_NODE = /^libvirt-\d+-(format|storage|filter)$/
/** What it stored is not to be had from QEMU. */
const LIBVIRT_WORDS =
  'libvirt runs this VM and is not told what is changed here: its next blkdeviotune sends the limits that it has stored, bursts included, and so does the next start. Connect to libvirt:URI#DOMAIN to change them in both.'

/** A snapshot was taken on the filter: the overlay stands above it, so only what is read from below passes it. */
function snapshotWords(disk: PictureDisk, node: string, group: string | null): string {
  const held = group === null ? `the filter ${node}` : `${group}, through the filter ${node}`
  return `${disk.id}: since a snapshot its writes pass no filter; what it reads from before the snapshot is still held by ${held}.`
}

function diskUnknowns(disk: PictureDisk): readonly string[] {
  if (!disk.medium) return [noMediumWords(disk.id)]
  return disk.filters
    .filter((filter) => filter.group === null)
    .map((filter) => `${disk.id}: QEMU does not report the group of its filter ${filter.node}.`)
}
