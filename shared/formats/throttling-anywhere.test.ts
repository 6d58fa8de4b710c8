import { expect, test } from 'vitest'
import { fixture } from './fixtures/read.ts'
import { FORMATS, findFormat } from './formats.ts'

// Take a valid text, add one word or line that means throttling anywhere in it: a limit changes, or the reader says what it
// did not understand, or refuses the text. Nothing is passed over. Formats of loads have words of loads and are not asked.

interface Sample {
  readonly text: string
  /** Put behind any line, as a line of its own. */
  readonly lines: readonly string[]
  /** Put behind any word of a line, with what parts words there. */
  readonly words?: readonly string[]
  /** Lines behind which nothing means anything: remarks, other sections. */
  readonly deaf?: RegExp
}

const SENT =
  '2026-11-28 15:05:12.301+0000: 27248: info : qemuMonitorSend:861 : QEMU_MONITOR_SEND_MSG: mon=0x7fb4bc010740 msg='

const SAMPLES: Readonly<Record<string, Sample>> = {
  hmp: {
    text: '(qemu) block_set_io_throttle d0 0 0 0 33 0 0\n',
    lines: ['block_set_io_throttle d1 0 0 0 7 0 0', 'iops=7'],
  },
  'qmp-query': {
    text: '[{"device":"d0","locked":false,"removable":true,"inserted":{"iops":5,"iops_rd":0}}]\n',
    lines: ['iops=7', '[{"device":"d1","inserted":{"iops":7}}]'],
  },
  'qemu-args': {
    text: 'qemu-system-x86_64 -m 1G -drive file=x,id=d0,if=none,iops=9',
    lines: ['-drive file=y,id=d7,if=none,throttling.iops-total=7', 'iops=7'],
    words: [' -drive if=none,id=d7,iops=7', ',iops_rd=7', ',throttling.bps-total=7', ' iops=7', ' bps_rd=$iops'],
    // Before the program's name nothing is QEMU's; behind an option's name stands its value.
    deaf: /^qemu-system-x86_64$|-m$|-drive$/,
  },
  'storage-daemon-args': {
    text: 'qemu-storage-daemon --object throttle-group,id=g0,x-iops-total=5',
    lines: ['--object throttle-group,id=g7,x-iops-total=7'],
    words: [' --object throttle-group,id=g7,limits.iops-total=7', ' iops=7'],
    deaf: /--object$/,
  },
  qmp: {
    text: '{"execute":"qmp_capabilities"}\n{"execute":"block_set_io_throttle","arguments":{"device":"d0","bps":0,"bps_rd":0,"bps_wr":0,"iops":9,"iops_rd":0,"iops_wr":0}}\n',
    lines: ['iops=7', '{"execute":"block_set_io_throttle","arguments":{"iops":7}}'],
  },
  'libvirt-xml': {
    text: fixture('domain.xml'),
    lines: [
      '<iotune><total_iops_sec>7</total_iops_sec></iotune>',
      '<total_bytes_sec_max>7</total_bytes_sec_max>',
      '<throttlefilter group="x"/>',
    ],
    deaf: /^<\/domain>|<!--/,
  },
  virsh: {
    text: 'virsh blkdeviotune web01 vda --total-iops-sec 5 --live\nvirsh domthrottlegroupset web01 g --total-iops-sec 9\n',
    lines: [
      'virsh blkdeviotune web01 vdb --read-bytes-sec 7',
      'total_bytes_sec: 7',
      'iops 7',
      '# virsh blkdeviotune web01 vdb --read-bytes-sec 7',
    ],
    words: [' --write-iops-sec 7', ' --throttle 7', ' 7'],
    deaf: /^(virsh|blkdeviotune|domthrottlegroupset|--total-iops-sec)$/,
  },
  'libvirtd-log': {
    text: `${SENT}{"execute":"block_set_io_throttle","arguments":{"device":"d0","bps":0,"bps_rd":0,"bps_wr":0,"iops":9,"iops_rd":0,"iops_wr":0},"id":"libvirt-1"}\n fd=-1\n`,
    lines: [
      `${SENT}{"execute":"block_set_io_throttle","arguments":{"iops":7},"id":"libvirt-7"}`,
      `${SENT}{"execute":"object-add","arguments":{"qom-type":"throttle-group","id":"g","x-iops-total":7},"id":"libvirt-8"}`,
      'iops=7',
    ],
  },
  openstack: {
    text: '[gold]\ntotal_iops_sec = 5\nread_bytes_sec=9\n',
    lines: [
      'write_iops_sec = 7',
      'iops = 7',
      'openstack flavor set m1 --property quota:disk_read_iops_sec=7',
      '| specs | write_iops_sec : 7 |',
      'write_iops_sec_per_gb=7',
      'throttle',
    ],
  },
  'io-max': {
    text: '8:16 rbps=2097152 wbps=max riops=max wiops=120\n8:0 rbps=5\n',
    lines: [
      '8:32 rbps=7',
      'rbps=7',
      'echo "8:48 riops=7" > /sys/fs/cgroup/vm/io.max',
      'throttle 7',
      'cgset -r io.max="8:0 wbps=7" x',
    ],
    words: [' wiops=7', ' iops=7'],
    deaf: /^8:\d+$/,
  },
  blkio: {
    text: 'echo "8:16 5" > /sys/fs/cgroup/blkio/vm/blkio.throttle.read_bps_device\n',
    lines: [
      'echo "8:16 7" > /sys/fs/cgroup/blkio/vm/blkio.throttle.write_bps_device',
      'blkio.throttle.write_iops_device',
      'rbps=7',
    ],
  },
  systemd: {
    text: '[Slice]\nIOReadBandwidthMax=/dev/sda 5M\nMemoryMax=5G\n',
    lines: [
      'IOWriteIOPSMax=/dev/sda 7',
      'BlockIOReadBandwidth=7',
      'IOWeight=7',
      'io.max=7',
      'systemctl set-property x.service IOReadIOPSMax="/dev/sda 7"',
    ],
  },
  incus: {
    text: 'incus config device set c1 root limits.read=10MB\nincus config device add c1 data disk pool=x\n',
    lines: ['incus config device set c1 logs limits.max=7iops', 'limits.max=7', 'lxc config set c1 limits.read 7'],
    words: [' limits.write=7iops', ' limits.iops=7'],
    deaf: /^(incus|config|device|set|add|c1|root|data)$/,
  },
  'cloud-hypervisor': {
    text: 'cloud-hypervisor --disk path=x,id=a --rate-limit-group id=g,ops_size=5,ops_refill_time=1000\n',
    lines: ['cloud-hypervisor --disk path=y,bw_size=7,bw_refill_time=7', 'ops_size=7'],
    words: [',bw_size=7,bw_refill_time=1000', ',bw_size=7', ',rate_limit=7', ',iops=7'],
    deaf: /^(cloud-hypervisor|--disk|--rate-limit-group)$/,
  },
  firecracker: {
    text: '{"drive_id":"a","rate_limiter":{"ops":{"size":5,"refill_time":1000}}}\n',
    lines: [
      '{"drive_id":"b","rate_limiter":{"ops":{"size":7,"refill_time":1000}}}',
      '{"rate_limiter":{"bandwidth":{"size":7}}}',
      'iops=7',
    ],
  },
  spdk: {
    text: 'rpc.py bdev_set_qos_limit a --rw-ios-per-sec 2000\n',
    lines: ['rpc.py bdev_set_qos_limit b --r-mbytes-per-sec 7', '--rw-mbytes-per-sec 7', 'iops 7'],
    words: [' --r-mbytes-per-sec 7', ' --iops 7'],
    deaf: /^(rpc\.py|bdev_set_qos_limit|--rw-ios-per-sec)$/,
  },
  csv: { text: 'device,group,iops-total\ndb,gold,5\n', lines: ['log,slow,7', ',slow,7', 'iops=7'] },
}

/** Of formats of their own test: proxmox-read.test.ts. */
const ELSEWHERE = new Set(['proxmox'])

/** Limits and what is said; or that it is refused. */
function outcome(id: string, text: string): string {
  const result = findFormat(id)?.read?.(text, {})
  if (!result?.ok) return JSON.stringify(result?.issues)
  const { workspace, losses, notes } = result.value
  const chains = workspace.devices.map(({ id: device, groups }) => [device, groups])
  return JSON.stringify([workspace.groups, chains, losses, notes.filter((note) => /refused/.test(note))])
}

function* additions({ text, lines, words = [], deaf }: Sample): Generator<string> {
  const rows = text.replace(/\n$/, '').split('\n')
  for (const [at, row] of rows.entries()) {
    if (deaf?.test(row.trim())) continue
    for (const line of lines) yield [...rows.slice(0, at + 1), line, ...rows.slice(at + 1)].join('\n')
    const parts = row.split(' ')
    for (const [index, part] of parts.entries()) {
      if (deaf?.test(part)) continue
      for (const word of words) {
        const changed = [...parts.slice(0, index), `${part}${word}`, ...parts.slice(index + 1)].join(' ')
        yield [...rows.slice(0, at), changed, ...rows.slice(at + 1)].join('\n')
      }
    }
  }
}

test.each(Object.entries(SAMPLES))('%s: a word of throttling anywhere is a limit or a loss', (id, sample) => {
  const before = outcome(id, sample.text)
  expect(before.startsWith('[{"path"'), before).toBe(false)
  const silent = [...additions(sample)].filter((text) => outcome(id, text) === before)
  expect(silent).toEqual([])
})

test('every reader of limits is asked', () => {
  const readers = FORMATS.filter((format) => format.read && format.family !== 'Loads').map(({ id }) => id)
  expect(readers.filter((id) => !ELSEWHERE.has(id) && SAMPLES[id] === undefined)).toEqual([])
})
