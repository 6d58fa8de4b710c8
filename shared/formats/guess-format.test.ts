import { expect, test } from 'vitest'
import { fixture, transcript } from './fixtures/read.ts'
import { FORMATS, guessFormat } from './formats.ts'

test('each format is guessed from what it looks like', () => {
  const samples: readonly (readonly [string, string])[] = [
    ['qmp', transcript('throttle-filter')],
    ['qmp', '{"execute":"qmp_capabilities"}'],
    ['qmp-query', '[{"device":"d0","locked":false,"removable":true,"inserted":{"iops_rd":0}}]'],
    ['hmp', '(qemu) block_set_io_throttle d0 0 0 0 33 0 0\n'],
    ['qemu-args', '/usr/bin/qemu-system-x86_64 -m 1G -drive file=x'],
    ['qemu-args', 'qemu-system-x86_64\0-drive\0file=x\0'],
    ['qemu-args', '-object throttle-group,id=g0,x-iops-total=1'],
    ['storage-daemon-args', 'qemu-storage-daemon --object throttle-group,id=g0'],
    ['libvirt-xml', fixture('domain.xml')],
    ['virsh', 'virsh blkdeviotune web01 vda --total-iops-sec 5\n'],
    ['libvirtd-log', fixture('libvirtd-9.0.log')],
    ['proxmox', fixture('proxmox-100.conf')],
    ['proxmox', 'qm set 100 --scsi0 local:x,iops=5'],
    ['proxmox', 'root@pve:~# qm set 100 --scsi0 local:x,iops=5'],
    ['virsh', '- hosts: kvm\n  tasks:\n  - shell: virsh blkdeviotune web01 vda --total-iops-sec 5\n'],
    ['virsh', 'virsh qemu-monitor-command web01 --hmp "info block"'],
    ['openstack', '[gold]\ntotal_iops_sec = 5\n'],
    ['io-max', '8:16 rbps=2097152 wbps=max riops=max wiops=120\n'],
    ['io-max', 'echo "8:16 rbps=5" > /sys/fs/cgroup/vm/io.max'],
    ['blkio', 'echo "8:16 5" > /sys/fs/cgroup/blkio/vm/blkio.throttle.read_bps_device'],
    ['systemd', '[Slice]\nIOReadBandwidthMax=/dev/sda 5M\n'],
    ['incus', 'incus config device set c1 root limits.read=10MB'],
    ['incus', 'devices:\n  root:\n    limits.max: 20MB\n    type: disk\n'],
    ['cloud-hypervisor', '--rate-limit-group id=g,ops_size=5,ops_refill_time=1000 --disk path=x,rate_limit_group=g'],
    ['firecracker', '{"drives":[{"drive_id":"rootfs","rate_limiter":{"ops":{"size":5,"refill_time":100}}}]}'],
    ['spdk', 'rpc.py bdev_set_qos_limit Malloc0 --rw-ios-per-sec 2000'],
    ['csv', 'device,group,iops-total\ndb,gold,5\n'],
    ['fio', fixture('mixed.fio')],
    ['fio-iolog', 'fio version 2 iolog\nf add\n'],
    ['blktrace', fixture('blkparse.txt')],
    ['trace-msr', '128166372003061629,hm,1,Read,383496192,32768,413\n'],
    ['trace-alibaba', '419,W,8792731648,16384,1577808144360767\n'],
    ['trace-tencent', '1538323200,12910952,128,0,1063\n'],
    ['trace-spc', '0,20941264,8192,W,0.551706\n'],
    ['trace-systor', 'Timestamp,Response,IOType,LUN,Offset,Size\n1455592201.107000828,0.000231,R,0,1023,4096\n'],
    ['trace-compactor', '564037000,0x00001000,DiskWrite\n'],
    ['trace-csv', 'time_s,op,offset,bytes\n0,read,0,512\n'],
    ['weir-recording', '# weir-recording/1\nfrom_s,to_s,device,reads,read_bytes,writes,write_bytes\n'],
  ]
  for (const [id, text] of samples) {
    const guess = guessFormat(text)
    expect(guess.ok ? guess.value.id : guess.issues, text.slice(0, 60)).toBe(id)
  }
  const readable = FORMATS.filter((format) => format.read).map((format) => format.id)
  expect([...new Set(samples.map(([id]) => id))].sort()).toEqual([...readable].sort())
})
