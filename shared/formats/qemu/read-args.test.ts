import { describe, expect, test } from 'vitest'
import { devicesOf, read, readMachine, told } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'

// What the reader makes of command lines; real-qemu-read.test.ts holds such lines against a real QEMU.

const lossesOf = (text: string) => read('qemu-args', text).losses.map(formatLoss)
const groupsOf = (text: string) => read('qemu-args', text).workspace.groups

test('options continued as in QEMU’s documentation, and with backslashes', () => {
  const documented = `
    qemu-system-x86_64 -object throttle-group,id=g0,x-iops-total=100
         -drive driver=throttle,
                throttle-group=g0,if=none,id=d0,
                file.driver=null-co
         -drive if=none,id=d1,driver=null-co,iops=7   # not, this,
    `
  expect(devicesOf(read('qemu-args', documented).workspace)).toEqual([
    'd0 in g0 {"style":"filter"}',
    'd1 in d1 {"style":"legacy"}',
  ])
  const script = 'qemu-system-x86_64 \\\n  -drive if=none,id=d0,driver=null-co,\\\n     iops=7,\\\n     iops_max=9\n'
  expect(groupsOf(script)).toEqual({ d0: { 'iops-total': 7, 'iops-total-max': 9 } })
  const name = 'kvm -drive if=none,id=d0,iops=1,file=/a,,\n   b.img\n'
  expect(devicesOf(read('qemu-args', name).workspace)).toContain('d0 in d0 {"style":"legacy"}')
})

describe('numbers as QEMU reads them', () => {
  test.each([
    ['010', 8],
    ['0x10', 16],
    ['+5', 5],
    ['00', 0],
  ])('iops=%s is %i', (text, iops) => {
    const { workspace, losses } = read('qemu-args', `kvm -drive if=none,id=d0,bps=1,iops=${text}`)
    expect(workspace.groups.d0?.['iops-total'] ?? 0).toBe(iops)
    expect(losses).toEqual([])
  })

  test.each(['08', '1k', '1e3', '1.5', '0x', '5k', '', '-1'])('iops=%s it refuses', (text) => {
    expect(lossesOf(`kvm -drive if=none,id=d0,iops=${text}`)).toEqual([
      `-drive iops: not-understood: ${JSON.stringify(text)} is not a number${/\d[a-z]/.test(text) ? '; QEMU takes no suffixes here' : ' that QEMU takes'}`,
    ])
  })
})

test('of a short name given twice QEMU takes the first, of another option the last, and both spellings it refuses', () => {
  expect(groupsOf('kvm -drive if=none,id=d0,iops=5,iops=6,group=a,group=b')).toEqual({ a: { 'iops-total': 5 } })
  expect(groupsOf('kvm -drive if=none,id=d0,throttling.iops-total=5,throttling.iops-total=6')).toEqual({
    d0: { 'iops-total': 6 },
  })
  expect(groupsOf('kvm -drive if=none,id=d0,iops=7 -set drive.d0.iops=5 -set drive.d0.group=hh')).toEqual({
    hh: { 'iops-total': 7 },
  })
  expect(lossesOf('kvm -drive if=none,id=d0,iops=5,throttling.iops-total=6')).toEqual([
    "-drive throttling.iops-total: not-understood: 'iops' and 'throttling.iops-total' are one option; QEMU does not start with both",
  ])
})

test('-set adds to the drive that it names', () => {
  expect(groupsOf('kvm -drive if=none,id=d0 -set drive.d0.iops=5 -set drive.d0.throttling.iops-total-max=8')).toEqual({
    d0: { 'iops-total': 5, 'iops-total-max': 8 },
  })
  expect(lossesOf('kvm -drive if=none,id=d0 -set drive.d9.iops=5 -set device.x.drive=d0')).toEqual([
    '-set: not-understood: "device.x.drive=d0" is not about a -drive of this text',
    '-set: not-understood: there is no drive "d9" defined; QEMU refuses to start with this',
  ])
})

test('what looks like a limit and is none is a loss', () => {
  expect(
    lossesOf('kvm -drive if=none,id=d0,iops=5,iops_max_length=2,iops-total=4,throttling.iops-foo=1,x-bps=3'),
  ).toEqual([
    '-drive iops_max_length: not-understood: QEMU has no such limit; "2" is left out',
    '-drive iops-total: not-understood: QEMU has no such limit; "4" is left out',
    '-drive throttling.iops-foo: not-understood: QEMU has no such limit; "1" is left out',
    '-drive x-bps: not-understood: QEMU has no such limit; "3" is left out',
  ])
})

test('a burst without a base is said with its place', () => {
  expect(lossesOf('kvm -drive if=none,id=d0,bps_max=9223372036854775807')).toEqual([
    '-drive d0: not-understood: bps-total-max=9223372036854775807: bps/iops/max values must be within [0, 1000000000000000]; QEMU refuses to start with this',
  ])
  expect(lossesOf('kvm -drive if=none,id=d0,bps_max=500')).toEqual([
    '-drive d0: not-understood: bps-total-max=500: bps_max/iops_max require corresponding bps/iops values; QEMU refuses to start with this',
  ])
})

test('what a shell script assigns is put in; what it does not is said', () => {
  const script = `#!/bin/sh
    DISK=/img/a.qcow2 IOPS=500
    export NAME=web
    exec qemu-system-x86_64 -name guest=$NAME -drive file=$DISK,if=none,id=d0,iops=\${IOPS},bps=$BPS \\
      -object throttle-group,id=$GROUP,x-iops-total=$N -drive $EXTRA $MORE -device "$DEVICE"`
  const { workspace, losses } = read('qemu-args', script)
  expect(workspace.name).toBe('web')
  expect(workspace.groups.d0).toEqual({ 'iops-total': 500 })
  expect(losses.filter((loss) => loss.kind === 'not-understood').map(formatLoss)).toEqual([
    '-object $GROUP id: not-understood: "$GROUP" is a shell variable; its value is not in this text',
    '-object $GROUP x-iops-total: not-understood: "$N" is a shell variable; its value is not in this text',
    '-drive bps: not-understood: "$BPS" is a shell variable; its value is not in this text',
    '-drive $EXTRA: not-understood: "$EXTRA" is a shell variable; its value is not in this text',
    '-device: not-understood: "$DEVICE" is a shell variable; its value is not in this text',
    'not-understood: "$MORE" is a shell variable; options in it are not in this text',
  ])
})

test('a filter below the image format counts, and nested nodes without names are nodes of their own', () => {
  const low =
    'kvm -object throttle-group,id=g,x-iops-total=5 -blockdev qcow2,node-name=fmt,file.driver=throttle,file.node-name=t,file.throttle-group=g,file.file.driver=file,file.file.node-name=f,file.file.filename=x -device scsi-hd,id=disk0,drive=fmt'
  expect(told(read('qemu-args', low))).toMatchObject({
    devices: ['fmt in g {"qdev":"disk0","node":"f","filter":"t","style":"filter"}'],
    losses: [],
    notes: [
      'The throttle filter of fmt is below its image format: it holds what the format reads and writes, which may be more or fewer requests than the guest’s.',
    ],
  })
  const nested =
    'kvm -object throttle-group,id=g,x-iops-total=5 -object throttle-group,id=h,x-iops-total=9 -drive if=none,id=d0,driver=throttle,throttle-group=g,file.driver=throttle,file.throttle-group=h,file.file.driver=raw,file.file.file.driver=null-co'
  expect(devicesOf(read('qemu-args', nested).workspace)).toEqual(['d0 in g → h {"style":"filter"}'])
  const backing =
    'qemu-storage-daemon --blockdev qcow2,node-name=top,file.driver=null-co,backing.driver=raw,backing.node-name=base,backing.file.driver=null-co'
  expect(devicesOf(read('qemu-args', backing).workspace)).toEqual(['top in no group {}'])
})

test('a drive whose file is json: has the nodes that it says', () => {
  const text =
    'kvm -object throttle-group,id=g,x-iops-total=5 -drive \'if=none,id=d0,file=json:{"driver":"throttle",,"throttle-group":"g",,"file":{"driver":"null-co"}}\''
  expect(devicesOf(read('qemu-args', text).workspace)).toEqual(['d0 in g {"style":"filter"}'])
})

test('objects come before drives and devices after them, wherever they stand', () => {
  const text =
    'kvm -device virtio-blk-pci,drive=d0,id=v0 -drive if=none,id=d0,iops=5,group=g -device usb-storage,drive=d1,id=u -drive if=none,id=d1 -object throttle-group,id=g,x-iops-total=9 disk.img -snapshot -m 2G'
  const { workspace } = read('qemu-args', text)
  expect(workspace.groups).toEqual({ g: { 'iops-total': 5 } })
  expect(devicesOf(workspace)).toEqual([
    'd0 in g {"qdev":"/machine/peripheral/v0/virtio-backend","style":"legacy"}',
    'd1 in no group {"qdev":"/machine/peripheral/u/u.0/legacy[0]"}',
    'ide0-hd0 in no group {}',
  ])
})

test('JSON with a key twice is said: QEMU does not take it', () => {
  expect(
    lossesOf(`kvm -object '{"qom-type":"throttle-group","id":"g","limits":{"iops-total":1,"iops-total":2}}'`),
  ).toEqual([
    '-object: not-understood: "iops-total" appears here a second time (first in line 1), and only one would count; remove one; QEMU refuses to start with this',
  ])
})

test('limits.… on qemu-system is read as it is meant, and said', () => {
  const dotted = '-object throttle-group,id=g,limits.iops-total=5'
  expect(lossesOf(`kvm ${dotted}`)).toEqual([
    '-object g: converted: qemu-system refuses limits.… here, which qemu-storage-daemon takes; it is read as it is meant',
  ])
  expect(lossesOf(`qemu-storage-daemon -${dotted}`)).toEqual([])
  expect(groupsOf(`kvm ${dotted}`)).toEqual({ g: { 'iops-total': 5 } })
  // Alone it is what the format says that it is for.
  expect(read('storage-daemon-args', `-${dotted}`).losses).toEqual([])
})

test('what a script does besides is no image', () => {
  const text = 'qemu-system-x86_64 -drive if=none,id=d0,iops=5 -snapshot > /dev/null 2>&1 &\nsleep 5\necho started'
  expect(devicesOf(read('qemu-args', text).workspace)).toEqual(['d0 in d0 {"style":"legacy"}'])
})

test.each([
  ['a semicolon', ';'],
  ['an ampersand', '&'],
  ['a pipe', '|tee log.raw'],
  ['a redirection', '>log.img 2>&1'],
  ['redirections and commands behind', ' > /dev/shm/log 2>&1 < /dev/zero &\nscp /backup/old.qcow2 host:'],
  ['another program with an image', '\nqemu-nbd -c /dev/nbd0 b.qcow2'],
  ['what libvirt logs', '\nchar device redirected to /dev/pts/1 (label charserial0)'],
])('a command line ends before %s', (_, behind) => {
  const imported = read('qemu-args', `qemu-system-x86_64 -drive file=a.img,if=none,id=d0,iops=5${behind}`)
  expect(devicesOf(imported.workspace)).toEqual(['d0 in d0 {"style":"legacy"}'])
  expect([imported.workspace.groups, imported.losses]).toEqual([{ d0: { 'iops-total': 5 } }, []])
})

test('a command line goes on over lines of its own, and a placeholder is no redirection', () => {
  const lines = 'qemu-system-x86_64\n-drive\nfile=<image>,if=none,id=d0,iops=5\n-m\n1G\ndisk.img'
  expect(devicesOf(read('qemu-args', lines).workspace)).toEqual([
    'd0 in d0 {"style":"legacy"}',
    'ide0-hd0 in no group {}',
  ])
})

test('quoted JSON with spaces is no ps output', () => {
  const text = `# it doesn't matter
    kvm -object '{"qom-type": "throttle-group", "id": "g", "limits": {"iops-total": 500}}' -blockdev "{\\"driver\\": \\"null-co\\"}"`
  const { workspace, notes, losses } = read('qemu-args', text)
  expect(workspace.groups).toEqual({ g: { 'iops-total': 500 } })
  expect([notes.filter((note) => note.includes('ps')), losses]).toEqual([[], []])
  const ps = 'kvm -object {"qom-type":"throttle-group","id":"g","limits":{"iops-total":500}}'
  expect(groupsOf(ps)).toEqual({ g: { 'iops-total': 500 } })
})

test('<qemu:commandline> of a libvirt domain adds its disks', () => {
  const arg = (value: string) => `<qemu:arg value='${value}'/>`
  const words = [
    '-drive',
    'file=/x,if=none,id=extra,iops=010',
    '-device',
    'virtio-blk-pci,drive=extra,id=e0',
    '-set',
    'drive.gone.iops=5',
  ]
  const xml = `<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>vm</name><devices><disk><target dev='vda' bus='virtio'/></disk></devices><qemu:commandline>${words.map(arg).join('')}<qemu:env name='A' value='1'/></qemu:commandline></domain>`
  const { workspace, losses } = read('libvirt-xml', xml)
  expect(devicesOf(workspace)).toEqual([
    'vda in no group {}',
    'extra in extra {"qdev":"/machine/peripheral/e0/virtio-backend","style":"legacy"}',
  ])
  expect(workspace.groups).toEqual({ extra: { 'iops-total': 8 } })
  expect(losses.map(formatLoss)).toEqual([
    'qemu:commandline -set: not-understood: there is no drive "gone" defined; QEMU refuses to start with this',
  ])
})

test('a word of throttling in an option that has none is a loss, wherever it stands', () => {
  const drive = '-drive if=none,id=d0,iops=9'
  const stray = (words: string) => lossesOf(`qemu-system-x86_64 -m 1G ${drive} ${words}`)
  expect(stray('-smp 4,iops_rd=7')).toEqual(['-smp: not-understood: "iops_rd" limits nothing here'])
  expect(stray('-device virtio-blk-pci,drive=d0,bps-total=7')).toEqual([
    '-device: not-understood: "bps-total" limits nothing here',
  ])
  expect(stray(`-device '{"driver":"virtio-blk-pci","drive":"d0","x":{"throttling.iops-total":7}}'`)).toEqual([
    '-device: not-understood: "throttling.iops-total" limits nothing here',
  ])
  expect(stray('-object iothread,id=t0,x-iops-total=7')).toEqual([
    '-object: not-understood: "x-iops-total" limits nothing here',
  ])
  expect(stray('-blockdev null-co,node-name=n0,throttle-group=g')).toEqual([
    '-blockdev: not-understood: "throttle-group" limits nothing here',
  ])
  expect(stray('-S,iops_rd=7')).toEqual(['not-understood: "-S,iops_rd=7" looks like throttling and is not understood'])
  expect(lossesOf('kvm -drive if=none,id=d0,iops=9,total_iops_sec=7')).toEqual([
    '-drive total_iops_sec: not-understood: QEMU has no such limit; "7" is left out',
  ])
})

test('names and paths may be called like limits', () => {
  const quiet =
    'kvm -name guest=iops-test -drive if=none,id=d0,file=/iops/throttle.img -device virtio-blk,drive=d0,serial=bps'
  expect(
    lossesOf(`${quiet} -blockdev throttle,node-name=iops,throttle-group=g,file=x -object throttle-group,id=g`),
  ).toEqual([])
})

test('a name that no workspace holds is left out and reported; the rest is read', () => {
  const long = 'n'.repeat(200)
  const text = `kvm -drive if=none,id=d0,iops=9 -device scsi-hd,id=,drive=d0 -blockdev null-co,node-name=${long} -device scsi-hd,id=s0,drive=${long}`
  expect(groupsOf(text)).toEqual({ d0: { 'iops-total': 9 } })
  expect(devicesOf(read('qemu-args', text).workspace)).toEqual([
    'd0 in d0 {"style":"legacy"}',
    's0 in no group {"qdev":"s0"}',
  ])
  const left = 'is not a name that a workspace can hold; it is left out'
  expect(lossesOf(text)).toEqual([
    `devices[0].qemu.qdev: dropped: "" ${left}`,
    `devices[1].qemu.node: dropped: "${long.slice(0, 80)}" ${left}`,
  ])
})

test('libvirt’s log of a domain is its command line, of each start one', () => {
  const start = (
    iops: number,
  ) => `2026-11-28 15:05:11.244+0000: starting up libvirt version: 9.0.0, package: 9.0.0-4+deb12u2 (Debian), qemu version: 7.2.22Debian 1:7.2, kernel: 6.1, hostname: vm
LC_ALL=C \\
HOME=/var/lib/libvirt/qemu/domain-1-web01 \\
/usr/bin/qemu-system-x86_64 \\
-name guest=web01,debug-threads=on \\
-object '{"qom-type":"throttle-group","id":"throttle-cap","limits":{"iops-total":${iops}}}' \\
-blockdev '{"node-name":"libvirt-2-format","driver":"raw","file":"libvirt-2-storage"}' \\
-blockdev '{"driver":"throttle","node-name":"libvirt-3-filter","throttle-group":"throttle-cap","file":"libvirt-2-format"}' \\
-device '{"driver":"virtio-blk-pci","drive":"libvirt-3-filter","id":"virtio-disk0"}' \\
-msg timestamp=on
2026-11-28 15:05:11.244+0000: Domain id=1 is tainted: high-privileges
2026-11-28T15:05:12.609Z qemu-system-x86_64: terminating on signal 15 from pid 1 (libvirtd)
2026-11-28 15:08:03.267+0000: shutting down, reason=destroyed
`
  const { name, groups, losses } = told(read('qemu-args', start(7)))
  expect([name, groups, losses]).toEqual(['web01', { 'throttle-cap': { 'iops-total': 7 } }, []])
  expect(readMachine('qemu-args', start(7) + start(9), 'web01 2').workspace.groups).toEqual({
    'throttle-cap': { 'iops-total': 9 },
  })
})

test('a configuration file of QEMU that is only named is said', () => {
  expect(lossesOf('kvm -drive if=none,id=d0,iops=9 -readconfig /etc/q.cfg')).toEqual([
    '-readconfig: not-understood: "/etc/q.cfg" is not read; give its [drive "d0"] here as -drive id=d0,…',
  ])
})
