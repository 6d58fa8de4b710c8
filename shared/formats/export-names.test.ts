import { expect, test } from 'vitest'
import { chainOf } from '#shared/workspace/chain.ts'
import { DEFAULT_DISK, EMPTY_WORKSPACE, IDLE, type Workspace } from '#shared/workspace/workspace.ts'
import { read } from './fixtures/read.ts'
import { formatLoss, type WriteOptions } from './format.ts'
import { findFormat } from './formats.ts'

// What an export makes of names and of the options that a user gives.

const device = (id: string, group: string) => ({
  id,
  groups: chainOf(group),
  iothread: null,
  disk: DEFAULT_DISK,
  workload: IDLE,
  qemu: {},
})
const WORKSPACE: Workspace = {
  ...EMPTY_WORKSPACE,
  groups: { '-n': { 'iops-total': 1 } },
  devices: [device('a', '-n'), device('b', '-n')],
}

function write(format: string, options: WriteOptions = {}) {
  const written = findFormat(format)?.write?.(WORKSPACE, options)
  if (!written?.ok) return { text: '', losses: [], issues: written?.issues.map(({ message }) => message) }
  return { text: written.value.text, losses: written.value.losses.map(formatLoss), issues: [] }
}

test('libvirt-xml: a domain keeps its name, but for what libvirt refuses, and that is said', () => {
  expect(write('libvirt-xml', { vm: 'web 01é' })).toMatchObject({
    text: expect.stringContaining('<name>web 01é</name>'),
    losses: [],
  })
  expect(write('libvirt-xml', { vm: 'web 01/é\n' })).toMatchObject({
    text: expect.stringContaining('<name>web 01-é-</name>'),
    losses: [
      expect.stringMatching(/^vm: renamed: libvirt does not allow the name "web 01\/é\\n"; it becomes web 01-é-/),
    ],
  })
})

test.each(['cinder-qos', 'nova-flavor'])('%s: a name that looks like an option stands behind --', (format) => {
  const { text } = write(format)
  expect(text.trimEnd()).toMatch(/=1 -- -n$/)
  expect(read('openstack', text).workspace.groups).toEqual({ '-n': { 'iops-total': 1 } })
})

test('half of 1 is said to be 1 each', () => {
  expect(write('io-max', { split: 'half' }).losses).toContainEqual(
    expect.stringContaining('reads and writes get 1 each, since 1 cannot be halved, and may take twice the limit'),
  )
})

test.each([
  ['virsh', { vm: 'x', targets: 'a=vda,b=vda' }, 'vda is given twice; leave one out'],
  ['virsh', { vm: 'x', targets: 'a=vda,a=vdb' }, 'a is given twice; leave one out'],
  ['io-max', { numbers: 'a=8:16,a=8:17' }, 'a is given twice; leave one out'],
] as const)('%s: %j is refused', (format, options, message) => {
  expect(write(format, options).issues).toEqual([message])
})

test('two disks may be of one device of the host, and of no one target', () => {
  expect(write('io-max', { split: 'half', numbers: 'a=8:16,b=8:16' }).issues).toEqual([])
})
