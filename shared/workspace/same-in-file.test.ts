import { expect, test } from 'vitest'
import { addGroup, moveGroup, renameDevice, setLimits } from './edits.ts'
import { formatWorkspace, parseWorkspace } from './parse.ts'
import { isSameInFile } from './same-in-file.ts'
import type { Workspace } from './workspace.ts'

function parsed(part: object): Workspace {
  const result = parseWorkspace({ format: 'weir-workspace/1', ...part })
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}

const disk = { kind: 'null', sizeBytes: 4096 }
const workload = { kind: 'idle' }
const BASE = {
  groups: { gold: { 'iops-total': 500 }, bulk: {} },
  devices: [
    { id: 'db', group: 'gold', disk, workload },
    { id: 'web', group: null, disk, workload },
  ],
}

test('two workspaces are the same exactly if their files are', () => {
  const base = parsed(BASE)
  const [db, web] = BASE.devices
  const { group: _, ...loose } = BASE.devices[0] ?? {}
  const all: readonly Workspace[] = [
    base,
    parsed(BASE),
    { ...base, script: [...base.script] },
    { ...parsed(BASE), goals: undefined } as unknown as Workspace, // as an edit may leave it
    setLimits(base, 'gold', { 'iops-total': 500 }),
    setLimits(base, 'gold', { 'iops-total': 501 }),
    setLimits(base, 'gold', {}),
    moveGroup(base, 'bulk', 0),
    addGroup(base, 'new', {}),
    renameDevice(base, 'db', 'db2'),
    { ...base, devices: base.devices.map(({ groups, ...device }) => ({ groups, ...device })) }, // as captured of a VM
    { ...base, devices: [...base.devices].reverse() },
    { ...base, devices: base.devices.slice(0, 1) },
    parsed({ ...BASE, devices: [{ ...db, iothread: 0 }, web] }),
    parsed({ ...BASE, devices: [{ ...loose, groups: ['gold', 'bulk'] }, web] }),
    parsed({ ...BASE, devices: [{ ...db, qemu: { node: 'db0' } }, web] }),
    parsed({ ...BASE, name: 'Another' }),
    parsed({ ...BASE, goals: [{ device: 'db', waitMs: 5 }] }),
  ]
  for (const a of all) {
    for (const b of all) expect(isSameInFile(a, b)).toBe(formatWorkspace(a) === formatWorkspace(b))
  }
  expect(all.filter((each) => isSameInFile(base, each))).toHaveLength(6)
})
