import { expect, test } from 'vitest'
import { read } from '../fixtures/read.ts'
import { splitShellWords } from './shell-quoting.ts'
import { shellStatements } from './shell-statements.ts'

const cut = (text: string) => shellStatements(text).map((each) => `${each.line}: ${each.text}`)

test.each([
  ['operators', 'a; b && c || d | e & f', ['1: a', '1: b', '1: c', '1: d', '1: e', '1: f']],
  ['operators in quotes', `a ';' "&" \\| b`, [`1: a ';' "&" \\| b`]],
  ['lines, one of which goes on', 'a \\\n b\nc', ['1: a \\\n b', '3: c']],
  ['the same with line ends of DOS', 'a \\\r\n b\r\nc', ['1: a \\\r\n b', '3: c']],
  ['a list in brackets', '(a; b) && c', ['1: a', '1: b', '1: c']],
  ['lists in a list', '((a); b); c', ['1: a', '1: b', '1: c']],
  ['brackets that begin no list', 'a (b) c', ['1: a (b) c']],
  ['a bracket that closes nothing', 'case x in\ny) a;;\nesac', ['1: case x in', '2: y) a', '3: esac']],
  ['a list behind one', 'a) b\n(c) d', ['1: a) b', '2: c', '2: d']],
  ['what a command prints, put in', 'a $(b; c) d', ['1: a $(b; c) d']],
  ['redirections', 'a 2>&1 &>f >|g; b', ['1: a 2>&1 &>f >|g', '1: b']],
  ['remarks', "a # it's; b\nc#d; e", ["1: a # it's; b", '2: c#d', '2: e']],
  ['a quote that nothing closes', "a's\nb", ["1: a's", '2: b']],
])('%s', (_, text, statements) => {
  expect(cut(text)).toEqual(statements)
})

test('a line of DOS goes on inside quotes, too', () => {
  expect(splitShellWords('a "b\\\r\nc" \\\r\n d')).toEqual({ words: ['a', 'bc', 'd'], problem: null })
})

test.each([
  ['proxmox', 'qm set 100 \\\r\n --scsi0 local:vm-100-disk-0,iops_rd=5\r\n', 'scsi0', 'iops-read'],
  ['spdk', 'rpc.py bdev_set_qos_limit M \\\r\n --rw-ios-per-sec 5000\r\n', 'M', 'iops-total'],
  ['incus', 'incus config device set c root \\\r\n limits.read=5iops\r\n', 'root', 'iops-read'],
  [
    'cloud-hypervisor',
    'cloud-hypervisor \\\r\n --disk path=a,id=d,ops_size=5,ops_refill_time=1000\r\n',
    'd',
    'iops-total',
  ],
  ['virsh', 'virsh blkdeviotune a vda \\\r\n --total-iops-sec 5\r\n', 'vda', 'iops-total'],
  ['qemu-args', 'kvm \\\r\n -drive if=none,id=d,iops=5\r\n', 'd', 'iops-total'],
])('%s: commands of a file with line ends of DOS go on over its lines', (format, text, group, key) => {
  const { workspace, losses } = read(format, text)
  expect(losses.filter((loss) => loss.kind !== 'converted')).toEqual([])
  expect(Object.keys(workspace.groups[group] ?? {})).toEqual([key])
})
