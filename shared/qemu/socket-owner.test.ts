import { expect, test } from 'vitest'
import { parseQmpAddress } from './qmp-address.ts'
import { ownerAdvice, socketOwner } from './socket-owner.ts'

test.each([
  ['/var/lib/libvirt/qemu/domain-3-web01/monitor.sock', { kind: 'libvirt', vm: 'web01' }],
  ['/home/ann/.config/libvirt/qemu/lib/domain-12-db-2/monitor.sock', { kind: 'libvirt', vm: 'db-2' }],
  ['/var/run/qemu-server/101.qmp', { kind: 'proxmox', vm: '101' }],
  ['/run/qemu-server/9.qmp', { kind: 'proxmox', vm: '9' }],
  ['/var/lib/libvirt/qemu/web01.qmp', null],
  ['/run/qemu-server/101-weir.qmp', null],
  ['/run/monitor.sock', null],
  ['tcp:host:4444', null],
])('%s belongs to %o', (text, owner) => {
  const parsed = parseQmpAddress(text)
  expect(parsed.ok && socketOwner(parsed.value)).toEqual(owner)
})

test('the way past it goes through its manager first', () => {
  expect(ownerAdvice({ kind: 'libvirt', vm: 'web01' })).toMatch(
    /^Connect through libvirt: libvirt:qemu:\/\/\/system#web01 /,
  )
  // Cut off by libvirt: the name is no longer the domain's.
  expect(ownerAdvice({ kind: 'libvirt', vm: 'a'.repeat(20) })).toContain('#DOMAIN ')
  expect(ownerAdvice({ kind: 'proxmox', vm: '101' })).toContain('proxmox:101')
})
