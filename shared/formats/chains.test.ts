import { describe, expect, test } from 'vitest'
import { chainWords } from '../workspace/chain.ts'
import { parseWorkspace } from '../workspace/parse.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { formatLoss, type WriteOptions } from './format.ts'
import { FORMATS } from './formats.ts'

// Disks behind more than one group, out and in again.

const parsed = parseWorkspace({
  format: 'weir-workspace/1',
  groups: { vm: { 'iops-total': 900 }, own: { 'iops-total': 400 }, tenant: { 'bps-total': 1_000_000 } },
  devices: [
    { id: 'vda', groups: ['tenant', 'vm', 'own'] },
    { id: 'vdb', groups: ['tenant', 'vm'] },
    { id: 'vdc', group: 'vm' },
  ],
})
if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
const workspace: Workspace = parsed.value

function formatOf(id: string) {
  const format = FORMATS.find((each) => each.id === id)
  if (format === undefined) throw new Error(id)
  return format
}

function write(id: string, options: WriteOptions = {}) {
  const written = formatOf(id).write?.(workspace, options)
  if (!written?.ok) throw new Error(JSON.stringify(written))
  return written.value
}

describe('carries every level', () => {
  test.each([
    ['qmp', {}],
    ['qemu-args', { style: 'json' }],
    ['qemu-args', { style: 'dotted' }],
    ['storage-daemon-args', { style: 'json' }],
    ['libvirt-xml', { style: 'throttlegroups' }],
  ] as const)('%s %j', (id, options) => {
    const { text, losses } = write(id, options)
    expect(losses.map(formatLoss)).toEqual([])
    const back = formatOf(id).read?.(text, {})
    if (!back?.ok) throw new Error(JSON.stringify(back))
    expect(back.value.losses).toEqual([])
    expect(back.value.workspace.devices.map((device) => `${device.id}: ${chainWords(device)}`)).toEqual([
      'vda: tenant → vm → own',
      'vdb: tenant → vm',
      'vdc: vm',
    ])
  })
})

test('QEMU makes the filter nearest the disk first, libvirt names it first', () => {
  const added = write('qmp')
    .text.split('\n')
    .filter((line) => line.includes('blockdev-add') && line.includes('vda'))
  expect(added.map((line) => JSON.parse(line).arguments)).toMatchObject([
    { 'node-name': 'vda-throttle-2', 'throttle-group': 'own', file: 'vda' },
    { 'node-name': 'vda-throttle-1', 'throttle-group': 'vm', file: 'vda-throttle-2' },
    { 'node-name': 'vda-throttle', 'throttle-group': 'tenant', file: 'vda-throttle-1' },
  ])
  const xml = write('libvirt-xml', { style: 'throttlegroups' }).text
  expect([...xml.matchAll(/<throttlefilter group='(\w+)'/g)].map(([, group]) => group)).toEqual([
    'own',
    'vm',
    'tenant',
    'vm',
    'tenant',
    'vm',
  ])
})

test('domthrottlegroupset sets every level, and says how each disk is to be attached', () => {
  const { text, losses } = write('virsh', { style: 'throttlegroups' })
  expect([...text.matchAll(/Untitled (\w+)/g)].map(([, group]) => group)).toEqual(['vm', 'own', 'tenant'])
  expect(losses.map(({ message }) => message)).toEqual([
    'which groups a disk passes through is said where it is attached (<throttlefilters>, or attach-disk --throttle-groups; the first is nearest the disk): vda own,vm,tenant; vdb vm,tenant; vdc vm',
  ])
})

test.each([
  'qmp-legacy',
  'hmp',
  'virsh',
  'proxmox',
  'io-max',
  'incus',
  'cloud-hypervisor',
  'firecracker',
  'spdk',
  'csv',
  'libvirt-xml',
])('%s says which levels it leaves out', (id) => {
  const losses = write(id).losses.filter(({ path }) => path.endsWith('.groups'))
  expect(losses.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
    'devices[0].groups dropped',
    'devices[1].groups dropped',
  ])
  expect(losses[0]?.message).toContain('vda is written in own, and tenant and vm before it are left out')
})
