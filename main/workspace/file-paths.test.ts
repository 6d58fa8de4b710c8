import { expect, test } from 'vitest'
import { DEFAULT_DISK, EMPTY_WORKSPACE, IDLE, type Workspace } from '#shared/workspace/workspace.ts'
import { movePaths, resolvePaths } from './file-paths.ts'

const trace = (path: string) => ({ kind: 'trace' as const, path, iodepth: 64, speed: 1, loop: false })

function workspaceWith(disk: string, workload: string, script: string): Workspace {
  const device = { groups: [], iothread: null, qemu: {} }
  return {
    ...EMPTY_WORKSPACE,
    devices: [
      { ...device, id: 'a', disk: { ...DEFAULT_DISK, path: disk }, workload: trace(workload) },
      { ...device, id: 'b', disk: DEFAULT_DISK, workload: IDLE },
    ],
    script: [{ atS: 1, setWorkload: { device: 'b', workload: trace(script) } }],
  }
}

test('relative paths start at the folder of the file, absolute ones stay', () => {
  expect(resolvePaths(workspaceWith('a.img', '../t.csv', '/x/t.csv'), '/home/ann/lab')).toEqual(
    workspaceWith('/home/ann/lab/a.img', '/home/ann/t.csv', '/x/t.csv'),
  )
})

test('a workspace that moves to another folder keeps meaning the same files', () => {
  const move = { from: '/home/ann/lab', to: '/home/ann/old/lab' }
  const before = workspaceWith('a.img', '../t.csv', '/x/t.csv')
  const moved = movePaths(before, move)
  expect(moved).toEqual(workspaceWith('../../lab/a.img', '../../t.csv', '/x/t.csv'))
  expect(resolvePaths(moved, move.to)).toEqual(resolvePaths(before, move.from))
})
