import type { VirshReader } from './discover-domain.ts'
import { type DomainXml, readDomainXml } from './domain-xml.ts'

/**
 * The XML of the domain of this name. virsh takes a number for an ID first, so a domain that is named by digits alone is
 * looked up by its UUID, unless no domain has that name: then it is an ID. Throws EngineError where libvirt has neither.
 */
export async function findDomain(virsh: VirshReader, domain: string): Promise<DomainXml> {
  const uuid = /^\d+$/.test(domain) ? await uuidOf(virsh, domain) : null
  return readDomainXml(await virsh.run(['dumpxml', '--domain', uuid ?? domain]))
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
