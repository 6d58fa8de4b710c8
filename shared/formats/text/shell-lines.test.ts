import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chainOf } from '#shared/workspace/chain.ts'
import { DEFAULT_DISK, type Device, EMPTY_WORKSPACE, IDLE, type Workspace } from '#shared/workspace/workspace.ts'
import type { WriteOptions } from '../format.ts'
import { findFormat } from '../formats.ts'
import { withTargets, workspaceArbitrary } from '../testing/generated-workspaces.ts'
import { splitShellWords } from './shell-quoting.ts'

// Lines meant for a shell, given to one.

/** What the commands of `script` are called with, each as a list of words; `qm config` answers with `config`. */
function calls(script: string, config = ''): readonly (readonly string[])[] {
  const stub = `
    told() { printf '%s\\0' "$@"; printf '\\1'; }
    virsh() { told virsh "$@"; }
    openstack() { told openstack "$@"; }
    qm() { if [ "$1" = config ]; then printf '%s' "$CONFIG"; else told qm "$@"; fi; }
  `
  const { stdout, stderr } = spawnSync('sh', ['-c', `${stub}\n${script}`], { env: { ...process.env, CONFIG: config } })
  expect(String(stderr)).toBe('')
  return String(stdout)
    .split('\u0001')
    .filter((call) => call !== '')
    .map((call) => call.split('\0').slice(0, -1))
}

function write(format: string, workspace: Workspace, options: WriteOptions): string {
  const written = findFormat(format)?.write?.(workspace, options)
  if (!written?.ok) throw new Error(JSON.stringify(written))
  return written.value.text
}

const WORKSPACES = fc.sample(workspaceArbitrary({ maxDevices: 5, qemuNames: false }), { numRuns: 25, seed: 3 })

test.each(['virsh', 'cinder-qos', 'nova-flavor'])(
  '%s: a shell sees the words that were meant',
  (format) => {
    for (const workspace of WORKSPACES) {
      const named = format === 'virsh' ? withTargets(workspace) : workspace
      const text = write(format, named, { vm: "it's $HOME" })
      const meant = text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => splitShellWords(line).words)
      expect(calls(text)).toEqual(meant)
    }
  },
  60_000,
)

test('proxmox: the drive keeps its other settings and loses its old limits', () => {
  const config =
    'boot: order=scsi0\nscsi1: other,iops=3\nscsi0: local-lvm:vm-100-disk-0,cache=none,iops=5,mbps_rd_max=1.5,bps_wr_max_length=3,size=32G\n'
  const device = (id: string, group: string | null): Device => ({
    id,
    groups: chainOf(group),
    iothread: null,
    disk: DEFAULT_DISK,
    workload: IDLE,
    qemu: {},
  })
  const groups = { g: { 'bps-total': 1572864, 'iops-read': 7 } }
  const workspace: Workspace = { ...EMPTY_WORKSPACE, groups, devices: [device('scsi0', 'g'), device('scsi1', null)] }
  const text = write('proxmox', workspace, { vm: '100' })
  expect(calls(text, config)).toEqual([
    ['qm', 'set', '100', '--scsi0', 'local-lvm:vm-100-disk-0,cache=none,size=32G,mbps=1.5,iops_rd=7'],
    ['qm', 'set', '100', '--scsi1', 'other'],
  ])
})

test('any words survive a shell, and a shell splits as Weir does', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'binary', maxLength: 12 }).filter((word) => !/[\p{Cc}\p{Cs}]/u.test(word)),
        { maxLength: 6 },
      ),
      (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
        expect(splitShellWords(line)).toEqual({ words, problem: null })
      },
    ),
    { numRuns: 300, seed: 5 },
  )
  const lines = ['virsh a\\ b "c d" \'e"f\' g#h', 'virsh "a\\"b\\\\c\\$d\\xe" \\\\ # comment', 'virsh \'a\'"b"c\\\n d']
  for (const line of lines) expect(calls(line)).toEqual([splitShellWords(line).words])
})
