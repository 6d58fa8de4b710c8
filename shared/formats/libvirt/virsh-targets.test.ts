import { expect, test } from 'vitest'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { formatLoss } from '../format.ts'
import { virsh } from './virsh.ts'

// A command for the wrong disk throttles somebody else: which disk is which is never guessed.

const parsed = parseWorkspace({
  format: 'weir-workspace/1',
  groups: { g: { 'iops-total': 100 } },
  devices: [
    { id: 'vdb', group: 'g' },
    { id: 'root', group: 'g', qemu: { qdev: '/machine/peripheral/virtio-disk27/virtio-backend' } },
    { id: 'old', group: 'g', qemu: { drive: 'drive-virtio-disk2' } },
    { id: 'data', group: 'g', qemu: { qdev: 'scsi0-0-0-1' } },
    { id: 'log', group: 'g', disk: { kind: 'file', path: '/img/log.img', sizeBytes: 1048576 } },
  ],
})
if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
const workspace = parsed.value

function write(targets?: string) {
  const written = virsh.write?.(workspace, { vm: 'web01', ...(targets === undefined ? {} : { targets }) })
  if (!written?.ok) return written
  const { text, losses } = written.value
  const disks = text
    .split('\n')
    .flatMap((line) => /^(# )?virsh blkdeviotune web01 (\S+)/.exec(line)?.slice(1, 3).join('') ?? [])
  return { disks, losses: losses.map(formatLoss) }
}

test('virsh: virtio disks are their letter, the rest is a remark until it is said', () => {
  expect(write()).toMatchInlineSnapshot(`
    {
      "disks": [
        "vdb",
        "vdab",
        "vdc",
        "# TARGET",
        "# TARGET",
      ],
      "losses": [
        "devices[1].id: renamed: virsh names disks by their target; root is vdab",
        "devices[2].id: renamed: virsh names disks by their target; old is vdc",
        "devices[3]: dropped: which disk of the domain data is, is not known: its command is left as a comment to fill in. virsh domblklist shows the targets; give them as data=vda",
        "devices[4]: dropped: which disk of the domain log is, is not known: its command is left as a comment to fill in. virsh domblklist shows the targets; give them as log=vda",
      ],
    }
  `)
})

test.each([
  ['pairs', 'data=sda,log=sdc'],
  ['domblklist', ' Target   Source\n------------------\n vdb      /img/b.img\n sdc      /img/log.img\n sda      -\n'],
  [
    'dumpxml',
    "<domain><devices><disk><source file='/img/log.img'/><target dev='sdc'/></disk><disk><target dev='sda'/><alias name='scsi0-0-0-1'/></disk></devices></domain>",
  ],
])('virsh: %s say which disk is which', (kind, targets) => {
  expect(write(targets)).toMatchObject({
    disks: ['vdb', 'vdab', 'vdc', kind === 'domblklist' ? '# TARGET' : 'sda', 'sdc'],
  })
})

test('virsh: pairs that cannot be are refused', () => {
  expect(write('nope=vda, data=x')).toMatchObject({ ok: false, issues: [{ path: 'targets' }, { path: 'targets' }] })
})
