import { expect, test } from 'vitest'
import { readDomainXml } from './domain-xml.ts'
import { readLibvirtPicture } from './read-libvirt-picture.ts'

test.each([
  ['web01', 'web01'],
  ['7', 'c7a5fdbd-edaf-9455-926a-d65c16db1809'],
])('a domain named %s is called %s, since libvirt takes digits alone for the ID of another', (name, word) => {
  const uuid = 'c7a5fdbd-edaf-9455-926a-d65c16db1809'
  const live = readDomainXml(`<domain><name>${name}</name><uuid>${uuid}</uuid></domain>`)
  const nothing = { next: null, tunes: new Map(), groups: {}, sizes: new Map() }
  const { libvirt } = readLibvirtPicture({ uri: 'test:///', live, ...nothing })
  expect(libvirt?.domain).toBe(word)
})
