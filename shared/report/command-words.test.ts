import { expect, test } from 'vitest'
import * as qmp from '../qemu/qmp-commands.ts'
import { commandWords } from './command-words.ts'

const NODE = { filter: 'db-throttle', group: 'gold', file: 'db' }

test.each([
  [qmp.objectAddGroup('gold', {}), 'gold: new group'],
  [qmp.qomSetLimits('gold', { 'iops-total': 5 }), 'gold: new limits'],
  [qmp.blockdevAddFilter(NODE), 'db-throttle: new filter, in gold'],
  [qmp.blockdevReopen([NODE, { ...NODE, filter: 'b', group: 'bulk' }]), 'db-throttle: into gold, b: into bulk'],
  [qmp.blockdevDel('db-throttle'), 'db-throttle: filter removed'],
  [qmp.qomSetDrive('disk0', 'db-throttle'), 'disk0: onto db-throttle'],
  [qmp.objectDel('gold'), 'gold: group removed'],
  [qmp.blockSetIoThrottle({ id: 'disk0' }, { 'iops-total': 5 }, 'gold'), 'disk0: in gold, with its limits'],
  [qmp.blockUnthrottle({ device: 'd0' }), 'd0: no limits'],
  [{ execute: 'stop', arguments: {} }, ''],
])('%j', (command, words) => {
  expect(commandWords(command)).toBe(words)
})
