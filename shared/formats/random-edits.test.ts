import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MAX_DEVICES } from '../workspace/workspace.ts'
import { fixture, transcript } from './fixtures/read.ts'
import { FORMATS, guessFormat } from './formats.ts'

// Every text that the tests have, with a few words and lines dropped, doubled, exchanged or replaced: a reader reads it or
// refuses it. It throws nothing, and what it refuses is something in the text, not in the workspace that it made of it.

const FIXTURES = readdirSync(new URL('./fixtures', import.meta.url)).filter((name) => !name.endsWith('.ts'))
const TEXTS: readonly string[] = [
  ...FIXTURES.map(fixture),
  transcript('throttle-filter'),
  'qemu-system-x86_64 -m 1G -drive file=x,id=d0,if=none,iops=9 -device virtio-blk,id=v0,drive=d0 -object throttle-group,id=g,x-iops-total=5\n-blockdev throttle,node-name=t,throttle-group=g,file=n -blockdev null-co,node-name=n\n',
  '(qemu) block_set_io_throttle d0 0 0 0 2*3 0 0\n(qemu) object_add throttle-group,id=g,x-iops-total=1\n',
  'virsh blkdeviotune web01 vda --total-iops-sec 5 --live\nvirsh domthrottlegroupset web01 g --total-iops-sec 9\n',
  'qm set 101 --scsi0 local:x,iops=5,mbps_rd=3\nqm set 102 --scsi1 local:y,iops_wr=7\n',
  '{"name":"a","scsi0":"local:x,iops=5","machine":"q35"}\n',
  '[gold]\ntotal_iops_sec = 5\nread_bytes_sec_per_gb = 9\nsize = 3\n',
  'echo "8:16 rbps=5 wiops=max" > /sys/fs/cgroup/vm/io.max\n',
  '[Slice]\nIOReadBandwidthMax=/dev/sda 5M\n',
  'devices:\n  root:\n    limits.max: 20MB\n    type: disk\n',
  '--rate-limit-group id=g,ops_size=5,ops_refill_time=1000 --disk path=x,rate_limit_group=g\n',
  '{"drives":[{"drive_id":"rootfs","rate_limiter":{"ops":{"size":5,"refill_time":100}}}]}\n',
  'rpc.py bdev_set_qos_limit Malloc0 --rw-ios-per-sec 2000\n',
  'device,group,iops-total\ndb,gold,5\nlog,,\n',
]
const NASTY = [
  '',
  '0',
  '-1',
  '9'.repeat(20),
  '1e400',
  '__proto__',
  'toString',
  '{}',
  '[',
  '"',
  "'",
  '\\',
  ',,',
  '=',
  '$X',
  '\ud800',
  '<a>',
  '--',
  ';',
  '\u202e',
  'n'.repeat(300),
]
const READERS = FORMATS.filter((format) => format.read)
const EDITS_PER_SEED = 1500

function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function edited(text: string, random: (below: number) => number): string {
  const lines = text.split('\n')
  const at = random(lines.length)
  const other = lines[random(lines.length)] ?? ''
  const words = (lines[at] ?? '').split(/([\s,="':;|{}[\]<>/]+)/)
  const word = random(words.length)
  const change = random(6)
  if (change === 0) lines.splice(at, 1)
  else if (change === 1) lines.splice(at, 0, other)
  else if (change === 2) words.splice(word, 1)
  else if (change === 3) words.splice(word, 0, words[word] ?? '')
  else if (change === 4) words[word] = NASTY[random(NASTY.length)] ?? ''
  else words[word] = words[random(words.length)] ?? ''
  if (change >= 2) lines[at] = words.join('')
  return lines.join('\n')
}

test.each([1, 2])(
  'random edits of all texts are read or refused, seed %i',
  (seed) => {
    const random = randomOf(seed)
    for (let count = 0; count < EDITS_PER_SEED; count += 1) {
      let text = TEXTS[random(TEXTS.length)] ?? ''
      for (let edits = random(3); edits >= 0; edits -= 1) text = edited(text, random)
      const guess = guessFormat(text)
      const readers = [READERS[random(READERS.length)], guess.ok ? guess.value : undefined]
      for (const format of readers) {
        const result = format?.read?.(text, {})
        const inWorkspace = result?.ok ? [] : result?.issues.filter(({ path }) => /^(groups[.[]|devices\[)/.test(path))
        expect(inWorkspace, `${format?.id} of ${text}`).toEqual(format === undefined ? undefined : [])
        if (result?.ok) expect(result.value.workspace.devices.length).toBeLessThanOrEqual(MAX_DEVICES)
      }
    }
  },
  60_000,
)
