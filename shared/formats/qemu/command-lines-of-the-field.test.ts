import { describe, expect, test } from 'vitest'
import { read, readMachine } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'

// Command lines as `ps`, scripts, logs and documentation have them: which disks and limits each gives, and no loss.

/** `d0 5, d1`: disks, each with its limit of requests. */
function disksOf(text: string, machine?: string): readonly string[] {
  const { workspace, losses } =
    machine === undefined ? read('qemu-args', text) : readMachine('qemu-args', text, machine)
  expect(losses.filter((loss) => loss.kind !== 'converted').map(formatLoss)).toEqual([])
  return workspace.devices.map(({ id, groups: [group] }) => {
    const iops = group === undefined ? undefined : workspace.groups[group]?.['iops-total']
    return iops === undefined ? id : `${id} ${iops}`
  })
}

const D0 = 'if=none,id=d0,throttling.iops-total=5'
const D1 = '-drive file=/b,if=none,id=d1,throttling.iops-total=7'
const MONITORS = 'mon_host=10.0.0.1;10.0.0.2;10.0.0.3'
const BOTH = ['d0 5', 'd1 7']

describe('a line of ps', () => {
  test.each([
    [
      'Ceph on Proxmox',
      `/usr/bin/kvm -id 101 -name web -drive file=rbd:ceph/vm-101-disk-1:${MONITORS}:id=admin:keyring=/etc/pve/k,${D0} -device virtio-blk-pci,drive=d0 ${D1}`,
    ],
    [
      'its last disk',
      `/usr/bin/kvm -id 101 ${D1.replace('d1', 'dx').replace('=7', '=9')} -drive ${D0},file=rbd:c/v:${MONITORS}`,
      ['dx 9', 'd0 5'],
    ],
    [
      'its last disk, with limits behind its file',
      `/usr/bin/kvm ${D1} -drive file=rbd:c/v:${MONITORS}:id=admin,${D0}`,
      ['d1 7', 'd0 5'],
    ],
    [
      'Ceph with IPv6',
      `/usr/bin/kvm -drive file=rbd:c/v:mon_host=[fd00::1]:6789;[fd00::2]:6789:auth_supported=cephx,${D0} ${D1}`,
    ],
    [
      'Ceph of libvirt 4',
      `/usr/bin/qemu-system-x86_64 -name guest=web,debug-threads=on -drive file=rbd:libvirt-pool/v:id=libvirt:auth_supported=cephx\\;none:mon_host=mon1\\:6789\\;mon2\\:6789,file.password-secret=s0,${D0} -device virtio-blk-pci,drive=d0,id=virtio-disk0 ${D1}`,
    ],
    ['a name with an ampersand', `qemu-system-x86_64 -name guest=R&D,debug-threads=on -drive file=/a,${D0} ${D1}`],
    ['a short name with one', `/usr/bin/kvm -name R&D -drive file=/a,${D0} ${D1}`],
    [
      'a name with one between spaces',
      `qemu-system-x86_64 -name guest=Tom & Jerry,debug-threads=on -drive file=/a,${D0} ${D1}`,
    ],
    ['a name with a semicolon', `/usr/bin/kvm -name a;b -drive file=/a,${D0} ${D1}`],
    ['a name with a pipe', `/usr/bin/kvm -name guest=a|b,process=qemu:a|b -drive file=/a,${D0} ${D1}`],
    ['a name with an arrow', `/usr/bin/kvm -drive file=/a,${D0} ${D1} -name a->b`],
    ['HTTP with a query', `qemu-system-x86_64 -drive file=http://h/a?x=1&y=2,${D0} ${D1}`],
    ['HTTP with a query last', `qemu-system-x86_64 ${D1} -drive ${D0},file=https://h/a?sig=x&exp=2`, ['d1 7', 'd0 5']],
    ['NBD over a socket', `qemu-system-x86_64 -drive file=nbd+unix:///e?socket=/run/n.sock&tls=no,${D0} ${D1}`],
    [
      'NBD and a monitor',
      `qemu-system-x86_64 -drive file=nbd://10.0.0.1:10809/e,${D0} -monitor unix:/run/m.sock,server=on,wait=off ${D1}`,
    ],
    ['iSCSI', `/usr/bin/kvm -drive file=iscsi://u%p@10.0.0.1/iqn.2026-01.org:t/1,${D0} ${D1}`],
    [
      'what ps -ef puts before it',
      `root 4711 1 5 10:00 ? 01:02:03 /usr/bin/kvm -id 101 -name w -drive file=rbd:c/v:${MONITORS},${D0} ${D1}`,
    ],
    [
      'what the shell is asked before',
      `root@pve:~# ps -ef | grep kvm\nroot 47 1 5 /usr/bin/kvm -drive file=rbd:c/v:${MONITORS},${D0} ${D1}`,
    ],
    [
      'JSON without its quotes',
      `qemu-system-x86_64 -name guest=R&D; -object {"qom-type":"throttle-group","id":"g","limits":{"iops-total":5}} -blockdev {"driver":"throttle","node-name":"d0","throttle-group":"g","file":{"driver":"rbd","pool":"a;b"}}`,
      ['d0 5'],
    ],
  ])('%s', (_, text, disks = BOTH) => {
    expect(disksOf(`${text}\n`)).toEqual(disks)
  })

  test('several, each with operators in it', () => {
    const line = (id: number) =>
      `/usr/bin/kvm -id ${id} -drive file=rbd:c/v:${MONITORS}:id=a,${D0.replace('=5', `=${id}`)}`
    expect(disksOf(`${line(101)}\n${line(102)}\n`, '101')).toEqual(['d0 101'])
    expect(disksOf(`${line(101)}\n${line(102)}\n`, '102')).toEqual(['d0 102'])
  })
})

describe('a script', () => {
  test.each([
    ['commands around it', `cd /img;mkdir -p run&&qemu-system-x86_64 -drive file=/a,${D0} ${D1};echo done`],
    ['operators without spaces', `modprobe kvm||exit 1;qemu-system-x86_64 -drive file=/a,${D0} ${D1}&wait`],
    ['in the background', `qemu-system-x86_64 ${D1} -drive file=/a,${D0}&\nsleep 5`, ['d1 7', 'd0 5']],
    ['a pipe', `qemu-system-x86_64 ${D1} -drive file=/a,${D0}|tee log.raw`, ['d1 7', 'd0 5']],
    ['a redirection', `qemu-system-x86_64 ${D1} -drive file=/a,${D0}>log.img 2>&1`, ['d1 7', 'd0 5']],
    [
      'a redirection of both',
      `qemu-system-x86_64 ${D1} -drive file=/a,${D0}&>/var/log/q.img </dev/null`,
      ['d1 7', 'd0 5'],
    ],
    ['a redirection between options', `qemu-system-x86_64 -drive file=/a,${D0} >log.img ${D1}`],
    [
      'a redirection behind an option without a value',
      `qemu-system-x86_64 -drive file=/a,${D0} ${D1} -nographic >log.img`,
    ],
    ['a function', `run() { qemu-system-x86_64 ${D1} -drive file=/a,${D0};}\nrun`, ['d1 7', 'd0 5']],
    ['names of files in variables', `DISK=/a;POOL=rbd:c;qemu-system-x86_64 -drive file=$DISK,${D0} ${D1}`],
    ['a quoted name', `qemu-system-x86_64 -name "R & D" -drive 'file=rbd:c/v:${MONITORS}:id=a',${D0} ${D1}`],
    ['a program in a variable', `QEMU=qemu-system-x86_64\n$QEMU -drive file=/a,${D0} \\\n  ${D1}`],
    ['an accelerator first', `-accel kvm -m 4\n-drive file=/a,${D0} ${D1}`],
    ['disks before the accelerator', `-drive file=/a,${D0} -accel kvm ${D1}`],
    ['a value on the next line', `qemu-system-x86_64 -m\n1024 -drive file=/a,${D0} ${D1}`],
    ['values on lines of their own', `qemu-system-x86_64\n-name\nweb one\n-drive\nfile=/a,${D0}\n${D1}`],
    ['a placeholder', `qemu-system-x86_64 -drive file=<path/to/image>,${D0} ${D1}`],
    ['a placeholder with spaces', `qemu-system-x86_64 -drive file=<your image>,${D0} ${D1}`],
    ['two placeholders', `qemu-system-x86_64 -drive ${D0},file=<dir>/<image> ${D1}`],
  ])('%s', (_, text, disks = BOTH) => {
    expect(disksOf(`${text}\n`)).toEqual(disks)
  })

  test('two machines, parted without a space', () => {
    const text = `qemu-system-x86_64 -name a -drive file=/a,${D0};qemu-system-x86_64 -name b ${D1}`
    expect([disksOf(text, 'a'), disksOf(text, 'b')]).toEqual([['d0 5'], ['d1 7']])
  })

  test.each(['kvm', 'qemu', 'qemu-kvm'])('a file that is called %s starts no machine', (name) => {
    const drive = `file=/vm/${name},if=none,id=d0,iops=5,group=/dev/${name}`
    expect(read('qemu-args', `-drive ${drive} -hda /vm/${name}`).workspace).toMatchObject({
      groups: { [`/dev/${name}`]: { 'iops-total': 5 } },
      devices: [{ id: 'd0' }, { id: 'ide0-hd0' }],
    })
    const unit = `ExecStartPre=/bin/true\nExecStart=-/usr/bin/${name} -drive ${drive}\nRestart=always\n`
    expect(read('qemu-args', unit).workspace.devices).toHaveLength(1)
  })

  test('a look at /dev/kvm starts no machine', () => {
    const script = `if [ -e /dev/kvm ]; then A=-enable-kvm; fi\nqemu-system-x86_64 $A -drive file=/a,${D0}\n`
    expect(read('qemu-args', script).workspace.groups).toEqual({ d0: expect.anything() })
  })

  test('libvirt’s log', () => {
    const log = `2026-11-28 15:05:11.244+0000: starting up libvirt version: 9.0.0, qemu version: 7.2.22
LC_ALL=C \\
/usr/bin/qemu-system-x86_64 \\
-name 'guest=R&D,debug-threads=on' \\
-drive 'file=rbd:libvirt-pool/v:auth_supported=none:${MONITORS.replaceAll(';', '\\;')},${D0}' \\
-device virtio-blk-pci,drive=d0,id=virtio-disk0 \\
${D1} \\
-msg timestamp=on
char device redirected to /dev/pts/1 (label charserial0)
`
    expect(disksOf(log)).toEqual(BOTH)
  })

  test('what is another program’s, or has a limit that is cut off, is said', () => {
    const { workspace, losses } = read('qemu-args', `kvm -drive file=/a,${D0}; start-vm.sh ${D1}\nLOG=${D0}\n`)
    expect(Object.keys(workspace.groups)).toEqual(['d0'])
    expect(losses.map(formatLoss)).toEqual([
      `not-understood: "start-vm.sh ${D1}" does not start QEMU; its disks and groups are left out`,
      `not-understood: "LOG=${D0}" looks like throttling and is not understood`,
    ])
  })
})
