import type { VirshReader } from './discover-domain.ts'
import { type DomainXml, isTakenForId, readDomainXml } from './domain-xml.ts'

/** The XML of the domain of this name, or of this ID where none has the name. Throws EngineError where libvirt has neither. */
export async function findDomain(virsh: VirshReader, domain: string): Promise<DomainXml> {
  return readDomainXml(await virsh.run(['dumpxml', '--domain', await wordFor(virsh, domain)]))
}

/** `wordOf` by name: an ID where no domain has that name. */
export async function wordFor(virsh: VirshReader, domain: string): Promise<string> {
  return (isTakenForId(domain) ? await uuidOf(virsh, domain) : null) ?? domain
}

/** `list` says `UUID NAME`, one line each. null: no domain has the name. */
async function uuidOf(virsh: VirshReader, name: string): Promise<string | null> {
  const lines = (await virsh.run(['list', '--all', '--uuid', '--name'])).split('\n')
  const [uuid = null] = lines.flatMap((line) => {
    const [, id, named] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? []
    return id !== undefined && named === name ? [id] : []
  })
  return uuid
}
