import { expect, test } from 'vitest'
import { fixture, read, readMachine, told } from '../fixtures/read.ts'
import { findFormat } from '../formats.ts'

// What `virsh snapshot-dumpxml` of libvirt 9.0 prints of a running domain whose next start had other limits.

const SNAPSHOT = fixture('snapshot.xml')

test('a snapshot is read as what ran; that and what the next start had otherwise are said', () => {
  expect(told(read('libvirt-xml', SNAPSHOT))).toEqual({
    name: 'web01',
    groups: {
      gold: { 'iops-total': 500, 'iops-total-max': 900, 'iops-total-max-length': 10 },
      vdb: { 'bps-write': 1_000_000 },
    },
    devices: ['vda in gold {"style":"legacy"}', 'vdb in vdb {"style":"legacy"}'],
    losses: [
      'inactiveDomain vda: dropped: for its next start vda had other limits then (IOPS 300, burst 900 for 10 s); what ran is taken',
      'inactiveDomain vdb: dropped: for its next start vdb had other limits then (no limits); what ran is taken',
    ],
    notes: ['This is what web01 had when its snapshot before was taken, not what it has now.'],
  })
})

test('beside the domain of today and other snapshots it is a machine of its own', () => {
  const text = `${fixture('domain.xml')}${SNAPSHOT}${SNAPSHOT.replace('<name>before</name>', '<name>after</name>')}`
  const result = findFormat('libvirt-xml')?.read?.(text, {})
  const names = ['web01, snapshot before', 'web01, snapshot after']
  expect(result?.ok ? [] : result?.issues.map(({ path }) => path)).toEqual(['', 'web01', ...names])
  expect(readMachine('libvirt-xml', text, names[0] ?? '').workspace.devices.map(({ id }) => id)).toEqual(['vda', 'vdb'])
})

test('a snapshot without a domain in it is refused', () => {
  const result = findFormat('libvirt-xml')?.read?.('<domainsnapshot><name>x</name></domainsnapshot>', {})
  expect(result?.ok ? null : result?.issues[0]?.message).toBe(
    'the snapshot x has no <domain>; virsh snapshot-dumpxml shows it',
  )
})
