import { EngineError } from '#main/engine-error.ts'
import type { Picture } from '#main/live/picture.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { type DomainDisk, type DomainXml, readDomainXml } from './domain-xml.ts'
import { type DomainViews, readLibvirtPicture } from './read-libvirt-picture.ts'
import { type DomainStats, readTune } from './virsh-answers.ts'

/** A virsh, or one on demand. */
export interface VirshReader {
  readonly uri: string
  run(words: readonly string[], timeoutMs?: number): Promise<string>
}

/** Everything about a running domain's throttling, by commands that only read. `stats`: what libvirt says of its disks now. */
export async function discoverDomain(virsh: VirshReader, domain: string, stats: DomainStats): Promise<Picture> {
  const live = readDomainXml(await virsh.run(['dumpxml', '--domain', domain]))
  const tunes: [string, Tune | string][] = []
  for (const disk of live.disks) {
    const tune = await readDiskTune(virsh, domain, disk)
    if (tune !== null) tunes.push([disk.target, tune])
  }
  const views: DomainViews = {
    uri: virsh.uri,
    live,
    next: await readNextStart(virsh, domain, live),
    tunes: new Map(tunes),
    groups: await readGroups(virsh, domain, live),
    sizes: new Map(stats.disks.map(({ target, capacityBytes }) => [target, capacityBytes])),
  }
  return readLibvirtPicture(views)
}

interface Tune {
  readonly limits: Limits
  readonly group: string | null
}

/** null: not asked. A string: why libvirt does not tell. */
async function readDiskTune(virsh: VirshReader, domain: string, disk: DomainDisk): Promise<Tune | string | null> {
  if (!disk.medium || disk.filters.length > 0) return null
  return orWords(async () => readTune(await virsh.run(['blkdeviotune', domain, disk.target, '--live'])))
}

/** Not by dominfo, which asks for the host's security model, too: the first time libvirtd needs seconds for that. */
async function readNextStart(virsh: VirshReader, domain: string, { name }: DomainXml): Promise<DomainXml | null> {
  const persistent = await virsh.run(['list', '--name', '--persistent'])
  if (!persistent.split('\n').includes(name)) return null
  return readDomainXml(await virsh.run(['dumpxml', '--inactive', '--domain', domain]))
}

async function readGroups(
  virsh: VirshReader,
  domain: string,
  { groups }: DomainXml,
): Promise<Readonly<Record<string, Limits>>> {
  const found: [string, Limits][] = []
  for (const [name, stored] of Object.entries(groups)) {
    const tune = await orWords(async () => readTune(await virsh.run(['domthrottlegroupinfo', domain, name])))
    found.push([name, typeof tune === 'string' ? stored : tune.limits])
  }
  return Object.fromEntries(found)
}

/** libvirt's words where it refuses; between two commands a disk may have gone. */
async function orWords<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof EngineError && error.code === 'libvirt-refused') return error.message
    throw error
  }
}
