import { expect, test } from 'vitest'
import { formatLoss } from './format.ts'
import { FORMATS, findFormat } from './formats.ts'
import { draftOf, finishMachines, listedMachines, MAX_MACHINES, machinesOf, newMachines } from './machines.ts'
import { noteOverride } from './set-limits.ts'

const VM = (name: string, iops: number) =>
  `<domain type='kvm'>${name === '' ? '' : `<name>${name}</name>`}<devices><disk type='file' device='disk'><target dev='vda' bus='virtio'/><iotune><total_iops_sec>${iops}</total_iops_sec></iotune></disk></devices></domain>`
const QEMU = (name: string, iops: number) =>
  `/usr/bin/qemu-system-x86_64 -accel kvm ${name} -drive if=none,id=d0,throttling.iops-total=${iops} -device virtio-blk,drive=d0,id=vd0`

const TEXTS: readonly (readonly [string, string, readonly string[]])[] = [
  ['virsh', 'virsh blkdeviotune a vda --total-iops-sec 1\nvirsh blkdeviotune b vda --total-iops-sec 2\n', ['a', 'b']],
  ['proxmox', 'qm set 101 --scsi0 x:y,iops=1\nqm set 102 --scsi0 x:y,iops=2\n', ['101', '102']],
  ['qemu-args', `${QEMU('-name guest=a,debug-threads=on', 1)}\n${QEMU('-id 102', 2)}\n`, ['a', '102']],
  ['qemu-args', `${QEMU('', 1)} \\\n -m 64\n${QEMU('', 2)}\n`, ['QEMU', 'QEMU 2']],
  ['libvirt-xml', `${VM('a', 1)}\n<?xml version="1.0"?>\n${VM('b', 2)}\n`, ['a', 'b']],
  ['libvirt-xml', `<domains>${VM('a', 1)}${VM('', 2)}</domains>`, ['a', 'domain']],
]

test.each(TEXTS)('%s: a text about several machines is asked which, and each comes alone', (id, text, names) => {
  const format = findFormat(id)
  const refused = format?.read?.(text, {})
  expect(refused?.ok === false && machinesOf(refused.issues).map(({ name }) => name)).toEqual(names)
  const limits = names.map((machine) => {
    const read = format?.read?.(text, { machine })
    return read?.ok ? Object.values(read.value.workspace.groups) : read
  })
  expect(limits).toEqual([[{ 'iops-total': 1 }], [{ 'iops-total': 2 }]])
})

test('a reader of texts without machines refuses to choose one', () => {
  const hmp = FORMATS.find(({ id }) => id === 'hmp')?.read?.('block_set_io_throttle d 0 0 0 5 0 0', { machine: '101' })
  expect(hmp).toMatchObject({ ok: false, issues: [{ code: 'no-such-machine' }] })
})

test('what names no machine belongs to the only one, or is one of its own beside several', () => {
  const machines = newMachines()
  machines.common.devices.push({ id: 'loose', group: null })
  draftOf(machines, 'a').devices.push({ id: 'x', group: null })
  const one = finishMachines(machines, {})
  expect(one.ok && one.value.workspace.devices.map(({ id }) => id)).toEqual(['loose', 'x'])
  draftOf(machines, 'b').devices.push({ id: 'y', group: null })
  const two = finishMachines(machines, {})
  expect(two.ok ? [] : machinesOf(two.issues).map(({ name }) => name)).toEqual(['a', 'b', 'unnamed'])
  const unnamed = finishMachines(machines, { machine: 'unnamed' })
  expect(unnamed.ok && unnamed.value.workspace.devices.map(({ id }) => id)).toEqual(['loose'])
})

test('a list of very many machines is cut for people, and too many are refused', () => {
  const machines = newMachines()
  for (let index = 0; index < MAX_MACHINES; index += 1) draftOf(machines, `vm${index}`)
  const several = finishMachines(machines, {})
  const issues = several.ok ? [] : several.issues
  expect([machinesOf(issues).length, listedMachines(issues).at(-1)?.message]).toEqual([MAX_MACHINES, 'and 974 more'])
  draftOf(machines, 'one more')
  expect(finishMachines(machines, {})).toMatchObject({ issues: [{ code: 'too-many' }] })
})

test('a value that is set twice is said only where it differs', () => {
  const { common } = newMachines()
  noteOverride(common, { path: 'line 2', what: 'iops', from: 5, to: 5 })
  noteOverride(common, { path: 'line 3', what: 'iops', from: 5, to: 7 })
  expect(common.losses.map(formatLoss)).toEqual([
    'line 3: dropped: iops is set twice; the last one counts: 7 replaces 5',
  ])
})

const INSTANCE = (name: string, iops: number) =>
  `devices:\n  root:\n    limits.read: ${iops}iops\n    type: disk\nname: ${name}\nprofiles:\n- default\n`

test.each([
  ['after a line of ---', `${INSTANCE('web', 5)}---\n${INSTANCE('db', 7)}`],
  ['one right after the other', `${INSTANCE('web', 5)}${INSTANCE('db', 7)}`],
  [
    'as a list',
    [INSTANCE('web', 5), INSTANCE('db', 7)]
      .map((each) => each.replaceAll('\n', '\n  ').replace(/^/, '- ').trim())
      .join('\n'),
  ],
])('incus: instances in one YAML stay apart: %s', (_, text) => {
  const incus = findFormat('incus')
  const refused = incus?.read?.(text, {})
  expect(refused?.ok === false && machinesOf(refused.issues)).toEqual([
    { name: 'web', about: 'root (read IOPS 5)' },
    { name: 'db', about: 'root (read IOPS 7)' },
  ])
  expect(incus?.read?.(text, { machine: 'web' })).toMatchObject({ ok: true, value: { losses: [] } })
})

test('incus: an instance begins again only where one of its own keys does', () => {
  const nested = `${INSTANCE('web', 5)}type: container\nvolatile:\n  name: x\n  devices: y\n`
  expect(findFormat('incus')?.read?.(nested, {})).toMatchObject({ ok: true, value: { workspace: { name: 'web' } } })
})

test('a machine whose only command is not understood says so in the list', () => {
  const text = 'virsh blkdeviotune a vda --total-iops-sec 5k\nvirsh blkdeviotune b vda --total-iops-sec 5\n'
  const refused = findFormat('virsh')?.read?.(text, {})
  expect(refused?.ok === false && machinesOf(refused.issues)[0]?.about).toContain('nothing understood: ')
})
