import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fixture, read, told } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'
import { findFormat, guessFormat } from '../formats.ts'
import { machinesOf } from '../machines.ts'

const proxmox = findFormat('proxmox')
const refused = (text: string, machine?: string) => {
  const read = proxmox?.read?.(text, machine === undefined ? {} : { machine })
  return read?.ok === false ? read.issues : []
}
const readOf = (text: string, machine: string) => {
  const read = proxmox?.read?.(text, { machine })
  if (!read?.ok) throw new Error(JSON.stringify(read))
  return read.value
}

const SCRIPT = `#!/bin/sh
qm set 101 --scsi0 local-lvm:vm-101-disk-0,iops=500,size=32G
qm set 102 --scsi0 local-lvm:vm-102-disk-0,mbps_rd=10 --scsi1=local-lvm:vm-102-disk-1
# qm set 103 --scsi0 local-lvm:vm-103-disk-0,iops=1
qm create 104 --name db --memory 2048 \\
  --virtio0 local-lvm:8,iops_wr=70; pvesh set /nodes/pve1/qemu/105/config -ide0 local-lvm:x,iops=5
pvesh create /nodes/pve1/qemu --vmid 106 --sata0 local-lvm:8,iops=6
echo 'block_set_io_throttle drive-scsi0 0 0 0 7 0 0' | qm monitor 101
`

test('a script about several VMs is never merged: each is listed, and one is asked for', () => {
  expect(refused(SCRIPT)[0]).toEqual({
    path: '',
    code: 'several-machines',
    message: 'this is about 5 machines; say which one is meant',
  })
  expect(machinesOf(refused(SCRIPT)).map(({ name, about }) => `${name}: ${about}`)).toEqual([
    '101: scsi0 (IOPS 500)',
    '102: scsi0 (read bandwidth 10 MiB/s), scsi1 (no limits)',
    '104: virtio0 (write IOPS 70)',
    '105: ide0 (IOPS 5)',
    '106: sata0 (IOPS 6)',
  ])
  const { workspace, losses, machines } = readOf(SCRIPT, '102')
  expect([workspace.name, workspace.groups]).toEqual(['102', { scsi0: { 'bps-read': 10485760 } }])
  expect(machines.map(({ name }) => name)).toEqual(['101', '102', '104', '105', '106'])
  expect(losses.map(formatLoss)).toEqual([
    'line 8: not-understood: "echo block_set_io_throttle drive-scsi0 0 0 0 7 0 0" looks like throttling and is not understood',
  ])
  expect(readOf(SCRIPT, '104').workspace.name).toBe('db')
  expect(refused(SCRIPT, '103')[0]).toMatchObject({
    code: 'no-such-machine',
    message: 'no machine "103" is in this: it has 101, 102, 104, 105, 106',
  })
  expect(guessFormat(SCRIPT)).toMatchObject({ ok: true, value: { id: 'proxmox' } })
})

test('a drive that is set twice has what the last command says, and that is said', () => {
  const { workspace, losses } = read(
    'proxmox',
    'qm set 101 --scsi0 a:b,iops=500,mbps=3\nqm set 101 --scsi0 a:b,iops=700,iops=800 --scsi1 a:c,iops=5\nqm set 101 --delete scsi1\n',
  )
  expect(workspace.groups).toEqual({ scsi0: { 'iops-total': 800 } })
  expect(losses.map(formatLoss)).toEqual([
    'line 2 scsi0: dropped: iops is set twice; the last one counts: 800 replaces 500',
    'line 2 scsi0: dropped: mbps: 3 is removed here',
    'line 2 scsi0: dropped: iops is set twice; the last one counts: 800 replaces 700',
    'line 3 scsi1: dropped: scsi1 is taken out of the VM again, and its limits with it',
  ])
})

test.each([
  ['pc-i440fx-9.2+pve1', 'legacy', { drive: 'drive-scsi0', qdev: 'scsi0', style: 'legacy' }],
  ['pc-q35-10.0', 'filter', { filter: 'drive-scsi0', qdev: 'scsi0', style: 'filter' }],
  ['type=pc-q35-10.1+pve0,viommu=intel', 'filter', { filter: 'drive-scsi0', qdev: 'scsi0', style: 'filter' }],
  ['q35', 'no version', { drive: 'drive-scsi0', qdev: 'scsi0' }],
])('a machine %s throttles by %s', (machine, style, names) => {
  const { workspace, notes } = read('proxmox', `machine: ${machine}\nscsi0: local:a,iops=5,size=1G\n`)
  expect(workspace.devices[0]?.qemu).toEqual(names)
  const words = { legacy: 'the drives’ own', filter: 'stand on throttle filters', 'no version': 'has no version' }[
    style
  ]
  expect(notes.join()).toContain(words)
})

test('sections, templates, cloud-init, unused disks, CD-ROMs and args each have a word said of them', () => {
  const text = `args: -drive id=extra,if=none,file=/x,throttling.iops-total=40 -set drive.drive-scsi0.throttling.iops-total=3
efidisk0: local-lvm:vm-101-disk-9,size=4M
ide0: local-lvm:vm-101-cloudinit,media=cdrom
ide2: none,media=cdrom
machine: pc-i440fx-8.1
name: web01
scsi0: local-lvm:vm-101-disk-0,iops=500,iops_burst=3,size=32G
scsi99: local-lvm:vm-101-disk-8,mbps=1
template: 1
unused0: local-lvm:vm-101-disk-5

[PENDING]
delete: scsi1
scsi0: local-lvm:vm-101-disk-0,iops=900,size=32G

[before-upgrade]
scsi0: local-lvm:vm-101-disk-0,size=32G
`
  expect(told(read('proxmox', text))).toMatchInlineSnapshot(`
    {
      "devices": [
        "extra in extra {"style":"legacy"}",
        "scsi0 in scsi0 {"drive":"drive-scsi0","qdev":"scsi0","style":"legacy"}",
      ],
      "groups": {
        "extra": {
          "iops-total": 40,
        },
        "scsi0": {
          "iops-total": 500,
        },
      },
      "losses": [
        "line 1 args: -set: not-understood: there is no drive "drive-scsi0" defined; QEMU refuses to start with this",
        "line 7 scsi0: not-understood: "iops_burst=3" is not a limit that Proxmox knows",
        "line 8: not-understood: "scsi99: local-lvm:vm-101-disk-8,mbps=1" looks like throttling and is not understood",
        "line 12: dropped: these changes wait for the VM’s next start; they are left out: delete scsi1 and scsi0 (iops=900)",
        "line 16: dropped: the section [before-upgrade] is a snapshot, not what the VM has now; it is left out: scsi0 (no limits)",
      ],
      "name": "web01",
      "notes": [
        "It is a template: it never runs, and the VMs cloned from it have these limits.",
        "ide2 holds a CD-ROM; left out.",
        "ide0 holds the settings of cloud-init; left out.",
        "unused0 is not attached to the VM; left out.",
        "Machine pc-i440fx-8.1: the limits are the drives’ own (drive-scsi0).",
      ],
    }
  `)
})

test('qm pending: what waits for the next start is a loss', () => {
  const text = 'cur memory: 512\ncur scsi0: local:a,iops=5\nnew scsi0: local:a,iops=9\ndel scsi1\n'
  const { workspace, losses } = read('proxmox', text)
  expect(workspace.groups).toEqual({ scsi0: { 'iops-total': 5 } })
  expect(losses.map(formatLoss)).toEqual([
    'line 3: dropped: these changes wait for the VM’s next start; they are left out: scsi0 (iops=9) and delete scsi1',
  ])
})

const conf = (name: string, iops: number) => `boot: order=scsi0
cores: 2
ide2: none,media=cdrom
name: ${name}
scsi0: local:${name},iops=${iops},size=1G
vmgenid: ${name}-1
`

test.each([
  ['with headings', `==> /etc/pve/qemu-server/101.conf <==\n${conf('a', 1)}\n==> 102.conf <==\n${conf('b', 2)}`, '102'],
  ['one behind the other', `${conf('a', 1)}${conf('b', 2)}`, 'b'],
])('two configurations %s are two machines', (_, text, second) => {
  expect(machinesOf(refused(text)).map(({ about }) => about)).toEqual(['scsi0 (IOPS 1)', 'scsi0 (IOPS 2)'])
  expect(readOf(text, second).workspace).toMatchObject({ name: 'b', groups: { scsi0: { 'iops-total': 2 } } })
})

const WORDS = [
  'iops=7',
  'mbps_rd=3',
  'bps=9',
  'iops_rd_max=12',
  'throttling.iops-total=4',
  'iops_size=4096',
  'mbps_wr_maxx=1',
]

test('a word of throttling put anywhere into a configuration is a limit or a loss', () => {
  const base = fixture('proxmox-100.conf')
  const before = read('proxmox', base)
  const lines = base.split('\n')
  // In a comment and in a name it means nothing.
  const places = lines.flatMap((line, at) => (/^(#|name:|\[|$)/.test(line) ? [] : [at]))
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.constantFrom(...WORDS),
      fc.constantFrom(',', '\n'),
      (at, word, joint) => {
        const text = lines.map((line, index) => (index === at ? `${line}${joint}${word}` : line)).join('\n')
        const after = read('proxmox', text)
        const said = JSON.stringify([after.workspace.groups, after.losses])
        expect(said, text).not.toBe(JSON.stringify([before.workspace.groups, before.losses]))
      },
    ),
    { seed: 16, numRuns: 200 },
  )
})

const CONFIG = {
  boot: 'order=scsi0',
  cores: 2,
  digest: 'c27cc3',
  ide2: 'none,media=cdrom',
  machine: 'pc-q35-10.0',
  name: 'web01',
  scsi0: 'local-lvm:vm-101-disk-0,iops_rd=500,mbps=10,size=32G',
  scsi1: 'local-lvm:vm-101-disk-1,size=8G',
}

test.each([
  ['of pvesh', JSON.stringify(CONFIG)],
  ['of pvesh, pretty', JSON.stringify(CONFIG, null, 3)],
  ['of the API', JSON.stringify({ data: CONFIG })],
  ['of pvesh …/pending', JSON.stringify(Object.entries(CONFIG).map(([key, value]) => ({ key, value })))],
])('the configuration as JSON %s is that of the text', (_, json) => {
  const text = Object.entries(CONFIG).map(([name, value]) => `${name}: ${value}`)
  expect(guessFormat(json)).toMatchObject({ ok: true, value: { id: 'proxmox' } })
  expect(told(read('proxmox', json))).toEqual(told(read('proxmox', text.join('\n'))))
  expect(read('proxmox', json).workspace.groups).toEqual({ scsi0: { 'iops-read': 500, 'bps-total': 10_485_760 } })
})

test('pending JSON: what waits for the next start is a loss; a key that is there twice, too', () => {
  const pending = [
    { key: 'scsi0', value: 'local:a,iops=5', pending: 'local:a,iops=9' },
    { key: 'scsi1', value: 'local:b,iops=6', delete: 1 },
  ]
  const { workspace, losses } = read('proxmox', JSON.stringify(pending))
  expect(workspace.groups).toEqual({ scsi0: { 'iops-total': 5 }, scsi1: { 'iops-total': 6 } })
  expect(losses.map(formatLoss)).toEqual([
    'line 1: dropped: these changes wait for the VM’s next start; they are left out: scsi0 (iops=9) and delete scsi1',
  ])
  const doubled = read('proxmox', '{"scsi0":"a,iops=1","scsi0":"a,iops=2"}').losses.map(formatLoss)
  expect(doubled.join()).toMatch(/^line 1: not-understood: "scsi0" appears here a second time/)
})

test('two configurations as JSON are two machines; what is no configuration and looks like throttling is a loss', () => {
  const both = `${JSON.stringify(CONFIG)}\n${JSON.stringify({ ...CONFIG, name: 'web02', scsi0: 'local:c,iops=7' })}`
  expect(machinesOf(refused(both)).map(({ name }) => name)).toEqual(['web01', 'web02'])
  expect(readOf(both, 'web02').workspace.groups).toEqual({ scsi0: { 'iops-total': 7 } })
  const odd = read('proxmox', `${JSON.stringify(CONFIG)}\n["iops=7"]\nmbps=3\n`).losses.map(formatLoss)
  expect(odd).toEqual([
    'line 2: not-understood: "[\\"iops=7\\"]" looks like throttling and is not understood',
    'line 3: not-understood: "mbps=3" looks like throttling and is not understood',
  ])
})

test.each([
  ['without a space', 'qm set 101 --scsi0 l:x,iops=5;qm set 102 --scsi0 l:y,iops=7'],
  ['and', 'qm set 101 --scsi0 l:x,iops=5&&qm set 102 --scsi0 l:y,iops=7\n'],
  ['in brackets', '(cd /root; qm set 101 --scsi0 l:x,iops=5)\n(qm set 102 --scsi0 l:y,iops=7 )'],
  ['through ssh', `ssh pve1 "qm set 101 --scsi0 l:x,iops=5; qm set 102 --scsi0 'l:y,iops=7'"`],
])('commands of two VMs in a line stay two VMs: %s', (_, script) => {
  expect(guessFormat(script)).toMatchObject({ ok: true, value: { id: 'proxmox' } })
  expect(machinesOf(refused(script)).map(({ name, about }) => `${name}: ${about}`)).toEqual([
    '101: scsi0 (IOPS 5)',
    '102: scsi0 (IOPS 7)',
  ])
})

test('earlier names of Proxmox options are read; a fraction of an operation is not called bytes', () => {
  const { workspace, losses } = read(
    'proxmox',
    'scsi0: l:x,iops_rd=5,iops_rd_max=9,iops_rd_length=3,mbps_wr=1,mbps_wr_max=2,bps_wr_length=4\nscsi1: l:y,iops=1.5\n',
  )
  expect(workspace.groups).toEqual({
    scsi0: {
      'iops-read': 5,
      'iops-read-max': 9,
      'iops-read-max-length': 3,
      'bps-write': 1048576,
      'bps-write-max': 2097152,
      'bps-write-max-length': 4,
    },
    scsi1: { 'iops-total': 1 },
  })
  expect(losses.map(formatLoss)).toEqual(['line 2 scsi1: rounded: iops=1.5 is 1.5; Proxmox cuts that to 1'])
})

test('lines that grep found in configurations are those of their VMs', () => {
  const text = '/etc/pve/qemu-server/101.conf:scsi0: l:x,iops=5\n/etc/pve/qemu-server/102.conf:7:scsi0: l:y,iops=7\n'
  expect(guessFormat(text)).toMatchObject({ ok: true, value: { id: 'proxmox' } })
  expect(machinesOf(refused(text)).map(({ name, about }) => `${name}: ${about}`)).toEqual([
    '101: scsi0 (IOPS 5)',
    '102: scsi0 (IOPS 7)',
  ])
})

test('what the script assigns is put in, and a VM that is a variable is said', () => {
  const script = `VMID=101\nIOPS=7\nqm set $VMID --scsi0 l:x,iops=$IOPS\nqm set \${VMID} --scsi1 l:y,iops=9\n`
  const { workspace, losses } = read('proxmox', script)
  expect([workspace.groups, losses]).toEqual([{ scsi0: { 'iops-total': 7 }, scsi1: { 'iops-total': 9 } }, []])
  expect(read('proxmox', 'for vm in 1 2; do qm set $vm --scsi0 l:x,iops=5; done').losses).toMatchObject([
    { path: 'line 1', message: 'the VM "$vm" is a shell variable; its number is not in this text' },
  ])
})
