import { expect, test } from 'vitest'
import { formatVmAddress, parseVmAddress } from './vm-address.ts'

test.each([
  ['libvirt:qemu:///system#web01', { kind: 'libvirt', uri: 'qemu:///system', domain: 'web01' }],
  [
    ' libvirt:qemu+ssh://root@host/system#web 01 #2 ',
    { kind: 'libvirt', uri: 'qemu+ssh://root@host/system', domain: 'web 01 #2' },
  ],
  [
    'libvirt:qemu+unix:///system?socket=/run/x/libvirt-sock#a',
    { kind: 'libvirt', uri: 'qemu+unix:///system?socket=/run/x/libvirt-sock', domain: 'a' },
  ],
  ['/run/vm.qmp', { kind: 'unix', path: '/run/vm.qmp' }],
])('%s is read and written back', (text, address) => {
  const parsed = parseVmAddress(text)
  expect(parsed).toEqual({ ok: true, value: address })
  expect(parsed.ok && parseVmAddress(formatVmAddress(parsed.value))).toEqual(parsed)
})

test.each([
  ['libvirt:', 'the URI is missing'],
  ['libvirt:qemu:///system', 'the domain is missing'],
  ['libvirt:qemu:///system#', 'the domain is missing'],
  ['libvirt:system#web01', 'is not a URI'],
  ['libvirt:qemu:///system#a\nlist', 'control characters'],
])('%j is refused: %s', (text, why) => {
  const parsed = parseVmAddress(text)
  expect(parsed.ok ? 'taken' : parsed.issues[0]?.message).toContain(why)
})

test.each([
  ['proxmox:101', { kind: 'proxmox', vmid: '101' }],
  [' proxmox:9 ', { kind: 'proxmox', vmid: '9' }],
  ['proxmox:', 'the number of a VM is missing'],
  ['proxmox:0101', 'it has no VM number'],
  ['proxmox:../../etc', 'it has no VM number'],
])('%s', (text, expected) => {
  const parsed = parseVmAddress(text)
  if (typeof expected === 'string') expect(parsed.ok ? '' : parsed.issues[0]?.message).toContain(expected)
  else expect(parsed.ok && [parsed.value, formatVmAddress(parsed.value)]).toEqual([expected, text.trim()])
})
