import type { Format } from '../format.ts'
import { readIoMax } from './io-max-read.ts'

export const blkio: Format = {
  id: 'blkio',
  title: 'cgroup v1 blkio',
  family: 'Others',
  direction: 'in',
  fileExtension: '.blkio.txt',
  note: 'blkio.throttle.*_device: limits on the host, below QEMU',
  options: [],
  read: readIoMax,
  detect: (text) => (/\bblkio\.throttle\.(read|write)_(bps|iops)_device\b/.test(text.slice(0, 16_384)) ? 0.92 : 0),
}
