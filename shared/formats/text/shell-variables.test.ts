import { expect, test } from 'vitest'
import { read } from '../fixtures/read.ts'
import { formatLoss } from '../format.ts'

// What a script assigns, seen by the limit that a command gets from it.

/** Of `script`, whose last command gives its disk the limit `$I`: that limit, or why it is not known. */
const READERS: readonly (readonly [string, string])[] = [
  ['virsh', 'virsh blkdeviotune web vda --total-iops-sec "$I"'],
  ['proxmox', 'qm set 100 --scsi0 "a:b,iops=$I"'],
  ['qemu-args', 'kvm -drive "if=none,id=d0,iops=$I"'],
]

function limitOf(format: string, script: string): number | string {
  const { workspace, losses } = read(format, script)
  const [limits] = Object.values(workspace.groups)
  return limits?.['iops-total'] ?? losses.map(formatLoss).join('; ')
}

const UNKNOWN = expect.stringMatching(/\$I.* is (a shell variable|not a number)/)

test.each<readonly [string, string, unknown]>([
  ['an assignment', 'I=5', 5],
  ['the last of several', 'I=5\nI=9', 9],
  ['what is declared', 'export -p I=5', 5],
  ['what is made of another', `A=5; I=$${'{A}'}0`, 50],
  ['what is added', 'I=5; I+=0', 50],
  ['what is added to something unknown', 'I+=0', UNKNOWN],
  ['an assignment for one command', 'I=5 true', UNKNOWN],
  ['that, after one for all', 'I=5\nI=9 true', 5],
  ['a value too long to keep', `I=5\nI=${'9'.repeat(4097)}`, UNKNOWN],
  ['a branch', 'if true; then I=5; fi', 5],
  ['either branch', 'if true; then I=5; else I=9; fi', UNKNOWN],
  ['either branch, on lines', 'if true\nthen\n  I=5\nelse\n  I=9\nfi', UNKNOWN],
  ['three branches', 'if a; then I=5; elif b; then I=9; else I=5; fi', UNKNOWN],
  ['both branches the same', 'if true; then I=5; else I=5; fi', 5],
  ['a branch after what else holds', 'I=5\nif true; then I=9; fi', UNKNOWN],
  ['what holds after all branches', 'if true; then I=5; else I=9; fi\nI=7', 7],
  ['cases', 'case $1 in\nfast) I=9 ;;\n*) I=5 ;;\nesac', UNKNOWN],
  ['cases on a line', 'case $1 in fast) I=9;; slow|*) I=5;; esac', UNKNOWN],
  ['what holds after all cases', 'case $1 in fast) I=9;; *) I=5;; esac; I=7', 7],
  ['what runs on a condition', 'I=5\n[ -n "$1" ] && I=9', UNKNOWN],
  ['what runs on another', 'I=5\ntest "$1" || I=9', UNKNOWN],
  ['a loop', 'I=1\nfor I in 5 9; do true; done', UNKNOWN],
  ['a loop that assigns', 'I=1\nwhile true; do I=9; done', UNKNOWN],
  ['what is unset', 'I=5\nunset I', UNKNOWN],
  ['what is read', 'I=5\nread -r I', UNKNOWN],
  ['what a loop reads', 'I=5\nwhile read -r A I; do true; done', UNKNOWN],
])('%s', (_, script, expected) => {
  for (const [format, command] of READERS)
    expect([format, limitOf(format, `${script}\n${command}\n`)]).toEqual([format, expected])
})

test('single quotes are as they stand', () => {
  for (const [format, command] of READERS)
    expect([format, limitOf(format, `I=5\n${command.replaceAll('"', "'")}\n`)]).toEqual([format, UNKNOWN])
})

test('a backslash keeps a dollar sign', () => {
  expect(limitOf('proxmox', 'I=5\nqm set 100 --scsi0 "a:b,iops=\\$I"\n')).toEqual(UNKNOWN)
})

test('what another host runs knows none of the script’s variables but those put in before', () => {
  expect(limitOf('proxmox', `I=5\nssh pve1 "qm set 100 --scsi0 a:b,iops=$I"\n`)).toBe(5)
  expect(limitOf('proxmox', `I=5\nssh pve1 'qm set 100 --scsi0 a:b,iops=$I'\n`)).toEqual(UNKNOWN)
})

test('of each name in a loop nothing is known', () => {
  const { workspace, losses } = read(
    'virsh',
    'VM=x\nfor VM in a b; do virsh blkdeviotune $VM vda --total-iops-sec 5; done\n',
  )
  expect([workspace.name, losses.map(formatLoss)]).toEqual([
    '$VM',
    [expect.stringContaining('the machine "$VM" is a shell variable')],
  ])
})
