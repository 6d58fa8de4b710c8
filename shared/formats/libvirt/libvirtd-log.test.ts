import { expect, test } from 'vitest'
import { fixture, read, readMachine, told } from '../fixtures/read.ts'
import { findFormat } from '../formats.ts'

// Logs of a real libvirt 9.0 (log_filters="1:qemu.qemu_monitor") and 12.9 ("1:qemu"), shortened: a domain is started, its
// limits are changed, some commands are refused. The monitor before it only looked what this QEMU can do.

const OLD = fixture('libvirtd-9.0.log')
const NEW = fixture('libvirtd-12.9.log')

test('the log of libvirt 9.0 is read: the last limits, the VM’s name, sizes, what QEMU refused', () => {
  expect(told(read('libvirtd-log', OLD))).toEqual({
    name: 'web01',
    groups: {
      gold: { 'iops-total': 77, 'iops-total-max': 900, 'iops-total-max-length': 10 },
      '/machine/peripheral/virtio-disk1/virtio-backend': { 'bps-write': 1_000_000 },
    },
    devices: [
      'virtio-disk0 in gold {"qdev":"/machine/peripheral/virtio-disk0/virtio-backend","node":"libvirt-2-format","style":"legacy"}',
      'virtio-disk1 in /machine/peripheral/virtio-disk1/virtio-backend {"qdev":"/machine/peripheral/virtio-disk1/virtio-backend","node":"libvirt-1-format","style":"legacy"}',
    ],
    losses: [],
    notes: ["Line 51: QEMU refused human-monitor-command (Device 'drive-virtio-disk0' not found); it changed nothing."],
  })
})

test('the log of libvirt 12.9 is read: throttle groups, a refusal with its answer and one without', () => {
  const { name, groups, losses, notes } = told(read('libvirtd-log', NEW))
  const burst = { 'iops-total': 200, 'iops-total-max': 500, 'iops-total-max-length': 10, 'iops-size': 4096 }
  expect([name, groups]).toEqual([
    'web01',
    {
      'throttle-g': { 'bps-total': 5_000_000, ...burst },
      'throttle-slow': { 'bps-read': 1_000_000, ...burst },
      'throttle-z2': {},
      '/machine/peripheral/virtio-disk1/virtio-backend': { 'iops-total': 300 },
    },
  ])
  expect(losses).toEqual([
    'line 72: dropped: QEMU refuses this qom-set and changes nothing: bps_max/iops_max require corresponding bps/iops values',
  ])
  expect(notes.map((note) => note.slice(0, 29))).toEqual(
    [31, 38, 45, 52].map((line) => `Line ${line}: QEMU refused qom-set`),
  )
})

const as = (domain: string, start: number, monitor: string) =>
  OLD.replaceAll('0x7fb4bc010740', monitor).replaceAll('domain-1-web01', `domain-${start}-${domain}`)

test('several domains are several machines, also behind one monitor’s address', () => {
  const both = `${OLD}${as('web02', 2, '0x7fb4bc010740').replaceAll('"iops":77', '"iops":8')}`
  const result = findFormat('libvirtd-log')?.read?.(both, {})
  expect(result?.ok ? [] : result?.issues.map(({ path }) => path)).toEqual(['', 'web01', 'web02'])
  expect(readMachine('libvirtd-log', both, 'web02').workspace.groups.gold?.['iops-total']).toBe(8)
  expect(readMachine('libvirtd-log', both, 'web01').workspace.groups.gold?.['iops-total']).toBe(77)
})

test('of several starts of a domain the last one is read, and a libvirtd that starts again goes on with the first', () => {
  const again = read('libvirtd-log', `${OLD}${as('web01', 2, '0x7f01').replaceAll('"iops":77', '"iops":8')}`)
  expect(again.workspace.groups.gold?.['iops-total']).toBe(8)
  expect(again.notes[0]).toBe('web01 was started 2 times in this log; it is read as of the last start.')
  const chardev = OLD.split('\n').filter((line) => line.includes('"id":"libvirt-4"') || line.includes('domain-1-web01'))
  const later = `2026-11-28 15:09:00.000+0000: 1: info : qemuMonitorSend:861 : QEMU_MONITOR_SEND_MSG: mon=0x7f02 msg={"execute":"block_set_io_throttle","arguments":{"id":"/machine/peripheral/virtio-disk0/virtio-backend","bps":0,"bps_rd":0,"bps_wr":0,"iops":5,"iops_rd":0,"iops_wr":0},"id":"libvirt-9"}`
  const on = [OLD, ...chardev.map((line) => line.replaceAll('0x7fb4bc010740', '0x7f02')), later].join('\n')
  const { workspace, notes } = read('libvirtd-log', on)
  expect(workspace.groups).toMatchObject({ gold: { 'iops-total': 5 } })
  expect(workspace.devices).toHaveLength(2)
  expect(notes).toHaveLength(1)
})

test('journald’s lines are read, a command that is cut is a loss with its line', () => {
  const journal = OLD.split('\n')
    .filter((line) => line !== '')
    .map((line) => `Nov 28 15:05:12 host libvirtd[27236]: ${line.trim()}`)
  expect(read('libvirtd-log', journal.join('\n')).workspace.groups).toMatchObject({ gold: { 'iops-total': 77 } })
  const cut = OLD.replace(/("execute":"block_set_io_throttle").*/, '$1,"argu')
  expect(told(read('libvirtd-log', cut)).losses).toEqual([
    'line 26: not-understood: "{\\"execute\\":\\"block_set_io_throttle\\",\\"argu" is not a whole QMP command',
  ])
})
