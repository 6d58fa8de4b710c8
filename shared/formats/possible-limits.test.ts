import { expect, test } from 'vitest'
import { read } from './fixtures/read.ts'
import { formatLoss } from './format.ts'

// What QEMU cannot have in force is left out, and the sentence shows the number as the text does.

test('2^63−1 is shown as it is written, with QEMU’s own bound', () => {
  const text =
    'qemu-system-x86_64 -drive if=none,id=d0,iops=9223372036854775807 -drive if=none,id=d1,bps=1000000000000001,iops=5'
  const { workspace, losses } = read('qemu-args', text)
  expect(workspace.groups).toEqual({ d0: {}, d1: { 'iops-total': 5 } })
  expect(losses.map(formatLoss)).toEqual([
    'groups.d0.iops-total: dropped: 9223372036854775807 is left out: a whole number from 0 to 1000000000000000 is possible (QEMU’s bound, 10^15)',
    'groups.d1.bps-total: dropped: 1000000000000001 is left out: a whole number from 0 to 1000000000000000 is possible (QEMU’s bound, 10^15)',
  ])
  const xml =
    '<domain><devices><disk><target dev="vda"/><iotune><total_bytes_sec>9223372036854775807</total_bytes_sec></iotune></disk></devices></domain>'
  expect(read('libvirt-xml', xml).losses.map((loss) => loss.from)).toEqual(['9223372036854775807'])
})
