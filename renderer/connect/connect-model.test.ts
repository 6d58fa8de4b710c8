import { expect, test } from 'vitest'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { attachedState } from '../store/testing/qemu-state.ts'
import {
  ageInWords,
  checkAddress,
  pillOf,
  revertedDrift,
  revertTo,
  socketSections,
  stagedTitle,
} from './connect-model.ts'

function workspace(parts: object): Workspace {
  const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, devices: [], ...parts })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

const ATTACHED = attachedState()

test.each([
  [
    '/run/vm.sock',
    {
      address: 'unix:/run/vm.sock',
      words: 'The socket, or the folder of sockets, /run/vm.sock',
      warning: null,
      instead: null,
    },
  ],
  [
    'localhost:4444',
    { address: 'tcp:localhost:4444', words: 'TCP port 4444 of localhost', warning: null, instead: null },
  ],
  [
    '/run/qemu-server/101.qmp',
    {
      address: 'unix:/run/qemu-server/101.qmp',
      words: 'The socket, or the folder of sockets, /run/qemu-server/101.qmp',
      warning: expect.stringContaining('Proxmox cannot reach the VM'),
      instead: 'proxmox:101',
    },
  ],
  ['/var/lib/libvirt/qemu/domain-1-web01/monitor.sock', { problem: expect.stringContaining('locks libvirt out') }],
  ['vm.sock', { problem: 'vm.sock is not an absolute path; it must begin with /' }],
])('address %s', (text, expected) => {
  expect(checkAddress(text)).toEqual(expected)
})

test('the pill says name, version and poll, or what is the matter', () => {
  expect(
    [
      ATTACHED,
      { ...ATTACHED, status: 'lost' as const },
      { ...ATTACHED, status: 'connecting' as const, label: null },
      { ...ATTACHED, version: null, pollMs: 250 },
      null,
    ].map(pillOf),
  ).toEqual([
    { tone: 'ok', label: 'vm-web01', detail: 'QEMU 7.2.22 · 1.0 s' },
    { tone: 'danger', label: 'vm-web01', detail: 'lost' },
    { tone: 'warn', label: 'unix:/run/vm.sock', detail: 'connecting…' },
    { tone: 'ok', label: 'vm-web01', detail: '0.3 s' },
    { tone: 'plain', label: 'No VM', detail: '' },
  ])
})

test('sockets stand in sections, none twice, no section empty', () => {
  const socket = (address: string, origin: 'recent' | 'found') => ({ address, label: address, origin })
  expect(
    socketSections([socket('a', 'found'), socket('a', 'recent'), socket('b', 'found')]).map((section) => [
      section.title,
      section.sockets.map(({ address }) => address),
    ]),
  ).toEqual([
    ['Recent', ['a']],
    ['Found on this machine', ['b']],
  ])
  expect(socketSections([])).toEqual([])
})

test('numbers in words', () => {
  expect([stagedTitle(1), stagedTitle(2), ageInWords(900), ageInWords(12_400), ageInWords(180_000)]).toEqual([
    '1 change not applied yet',
    '2 changes not applied yet',
    'just now',
    '12 s ago',
    '3 min ago',
  ])
})

const LOAD = { kind: 'synthetic', iodepth: 2 }
const OPEN = workspace({
  name: 'mine',
  groups: { gold: { 'iops-total': 9 }, extra: {} },
  devices: [
    { id: 'db', group: 'gold', workload: LOAD },
    { id: 'hot', group: 'extra' },
  ],
})

test('reverting takes limits and membership of the VM and keeps what is Weir’s own', () => {
  const reality = workspace({
    name: 'vm',
    groups: { gold: { 'iops-total': 5 } },
    devices: [{ id: 'db' }, { id: 'hot', group: 'gold' }],
  })
  const reverted = revertTo(reality, OPEN)
  expect([
    reverted.name,
    reverted.groups,
    reverted.devices.map(({ id, groups, workload }) => [id, outermostGroup({ groups }), workload.kind]),
  ]).toEqual([
    'mine',
    { gold: { 'iops-total': 5 } },
    [
      ['db', null, 'synthetic'],
      ['hot', 'gold', 'idle'],
    ],
  ])
})

test('script steps about what the VM does not have go, the others stay', () => {
  const open = {
    ...OPEN,
    script: [
      { atS: 1, setLimits: { group: 'extra', limits: {} } },
      { atS: 2, moveDevice: { device: 'hot', groups: ['gold'] } },
      { atS: 3, setLimits: { group: 'gold', limits: { 'iops-total': 7 } } },
    ],
  }
  const reality = workspace({ groups: { gold: {} }, devices: [{ id: 'db', group: 'gold' }] })
  const reverted = revertTo(reality, open)
  expect(reverted.script).toEqual([{ atS: 3, setLimits: { group: 'gold', limits: { 'iops-total': 7 } } }])
  expect(parseWorkspace(reverted).ok).toBe(true)
})

test('Revert tells how the VM had drifted, and nothing where it had not', () => {
  expect(revertedDrift([], 'web.weir.json')).toBeNull()
  expect(revertedDrift(['gold: IOPS: 100 → 50', 'db: gold → bulk'], 'web.weir.json')).toEqual({
    message: 'Reverted to what the VM runs. It differs from web.weir.json: gold: IOPS: 100 → 50; db: gold → bulk.',
    advice: 'Undo brings that back too, as changes to apply.',
  })
  expect(revertedDrift(['a', 'b', 'c', 'd', 'e', 'f'], null)?.message).toContain('what was set: a; b; c; d; 2 more.')
})

test('VMs of Proxmox are reached through it, one or all', () => {
  expect(checkAddress(' proxmox:101 ')).toMatchObject({ address: 'proxmox:101', warning: null })
  expect(checkAddress('proxmox:')).toMatchObject({ address: 'proxmox:', words: expect.stringContaining('Every VM') })
  expect(checkAddress('proxmox:../1')).toEqual({ problem: expect.stringContaining('Use proxmox:VMID') })
})

test('an address of libvirt is taken as it is, and said in words', () => {
  expect(checkAddress('libvirt:qemu+ssh://host/system#web 01')).toEqual({
    address: 'libvirt:qemu+ssh://host/system#web 01',
    words: 'web 01, through libvirt at qemu+ssh://host/system',
    warning: null,
    instead: null,
  })
  expect(checkAddress('libvirt:qemu:///system#')).toEqual({ problem: expect.stringContaining('the domain is missing') })
})
